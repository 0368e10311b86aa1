"""``straymail learn``: who writes to whom, from archives and directories."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from straymail.audit.directories import DIRECTORIES
from straymail.audit.learn import Learned, Learner
from straymail.cli.common import (
    EXIT_BAD_INPUT,
    EXIT_FAILED,
    ConfigOption,
    JsonOption,
    console,
    print_json,
    settings_from,
    spare_garbage,
    tell_faults,
)
from straymail.cli.opening import open_store
from straymail.cli.own import write_own
from straymail.cli.ready import refuse_other_key
from straymail.cli.tables import facts
from straymail.config import Settings
from straymail.errors import BadInput
from straymail.message import normalise_domain
from straymail.record import history


def learn(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="mbox, Maildir, folders of .eml, .gz and .xz of these; or directories."),
    ],
    own: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOMAIN",
            help="An own mail domain, besides those of the settings; repeatable. When the settings name none, "
            "it is written into them.",
        ),
    ] = None,
    directory: Annotated[
        bool, typer.Option("--directory", help="The files are CSV or vCard directories of people, not mail.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Learn who writes to whom from archives and directories.

    The same mail learned twice changes nothing. Ctrl-C keeps what was learned; the same command goes on from there.
    A running guard takes over what was learned within half a minute. Directories are known by their kind (.csv, .tsv,
    .vcf), or by --directory.
    """
    settings = settings_from(config)
    domains = (*settings.organisation.domains, *(normalise_domain(each) for each in own or ()))
    if not domains:
        raise BadInput(
            "which domains are yours?", field="--own", allowed="--own mod.example, or [organisation] domains"
        )
    folks = [path for path in paths if directory or path.suffix.lower() in DIRECTORIES]
    mail = [path for path in paths if path not in folks]
    result = _run(settings, domains, mail, folks, Console(stderr=True, quiet=json))
    keep = settings.organisation.domains or result.met  # what no message names is not written down as ours
    wrote = None if keep else write_own(config, tuple(dict.fromkeys(domains)))
    if json:
        found = asdict(result) | {"faults": [str(fault) for fault in result.faults], "rate": round(result.rate, 1)}
        print_json(found | {"domains_written_to": str(wrote) if wrote else None})
    else:
        _tell(result, mail=bool(mail))
        _tell_unmet(result)
        if not result.met:
            _tell_own(settings, domains, wrote)
    if result.interrupted or result.failed:
        raise typer.Exit(EXIT_FAILED if result.interrupted else EXIT_BAD_INPUT)


def _run(
    settings: Settings, domains: Sequence[str], mail: Sequence[Path], directories: Sequence[Path], progress_to: Console
) -> Learned:
    spare_garbage()
    with open_store(settings) as record:
        refuse_other_key(record, settings)
        with record.reading() as connection:
            model = history.load_history(connection, domains, record.keys.words)
        learner = Learner(record, model, time.time(), words=settings.model.topics)
        for path in directories:
            learner.directory(path)
        if not mail:
            return learner.result
        with _bar(progress_to) as bar:
            task = bar.add_task("Learning", total=None, messages=0)
            learner.archives(
                mail, lambda done, total, messages: bar.update(task, completed=done, total=total, messages=messages)
            )
        return learner.result


def _bar(out: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[messages]:,} messages"),
        TimeRemainingColumn(),
        console=out,
        transient=True,
    )


def _tell_own(settings: Settings, domains: Sequence[str], wrote: Path | None) -> None:
    if settings.organisation.domains:
        return
    named = ", ".join(dict.fromkeys(domains))
    if wrote:
        console().print(f"{wrote}: [organisation] domains = {named} was written. Restart a guard that runs.")
    else:
        console().print(Text(f"Write {named} into [organisation] domains: no settings file names them.", "yellow"))


def _tell_unmet(result: Learned) -> None:
    """Warn of own domains that are in no message: everybody there is external as long as one is misspelt."""
    if not result.unmet:
        return
    told = f"No message learned is from or to {', '.join(result.unmet)}."
    if result.met:
        told += f" Is that how your domain is written? Most messages name {', '.join(result.met)}."
        told += " Put the right one into [organisation] domains; what was learned stays good."
    console().print(Text(told, "yellow"))


def _tell(result: Learned, *, mail: bool) -> None:
    out = console()
    if result.failed:
        out.print(Text("Nothing could be read.", style="bold red"))
    elif not mail:
        out.print(Text(f"{result.entries:,} people entered.", style="bold green"))
    else:
        head = "Stopped; what was learned is kept." if result.interrupted else "Learned."
        out.print(Text(head, style="bold yellow" if result.interrupted else "bold green"))
        told = {
            "messages": f"{result.messages:,} in {result.seconds:.1f} s ({result.rate:,.0f} a second)",
            "new": f"{result.new:,}",
            "known already": f"{result.known:,}"
            + (f", and {result.skipped} files unchanged" if result.skipped else ""),
            "of nobody": f"{result.nobody:,} (no sender or no recipient)" if result.nobody else "",
            "directory": f"{result.entries:,} people entered" if result.entries else "",
            "people known": f"{result.people:,}",
        }
        facts(out, {name: value for name, value in told.items() if value})
    if result.interrupted:
        out.print("Run the same command again to go on from there.")
    tell_faults(out, result.faults)
