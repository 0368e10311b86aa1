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
        typer.Option(metavar="DOMAIN", help="An own mail domain, besides those of the settings; repeatable."),
    ] = None,
    directory: Annotated[
        bool, typer.Option("--directory", help="The files are CSV or vCard directories of people, not mail.")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Learn who writes to whom from archives and directories.

    The same mail learned twice changes nothing. Ctrl-C keeps what was learned; the same command goes on from there.
    """
    settings = settings_from(config)
    domains = (*settings.organisation.domains, *(normalise_domain(each) for each in own or ()))
    if not domains:
        raise BadInput(
            "which domains are yours?", field="--own", allowed="--own mod.example, or [organisation] domains"
        )
    result = _run(settings, domains, paths, directory, Console(stderr=True, quiet=json))
    if json:
        found = asdict(result) | {"faults": [str(fault) for fault in result.faults], "rate": round(result.rate, 1)}
        print_json(found)
    else:
        _tell(result, directory)
    if result.interrupted or result.failed:
        raise typer.Exit(EXIT_FAILED if result.interrupted else EXIT_BAD_INPUT)


def _run(
    settings: Settings, domains: Sequence[str], paths: Sequence[Path], directory: bool, progress_to: Console
) -> Learned:
    spare_garbage()
    with open_store(settings) as record:
        with record.reading() as connection:
            model = history.load_history(connection, domains, record.keys.words)
        learner = Learner(record, model, time.time(), words=settings.model.topics)
        if directory:
            for path in paths:
                learner.directory(path)
            return learner.result
        with _bar(progress_to) as bar:
            task = bar.add_task("Learning", total=None, messages=0)
            learner.archives(
                paths, lambda done, total, messages: bar.update(task, completed=done, total=total, messages=messages)
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


def _tell(result: Learned, directory: bool) -> None:
    out = console()
    if result.failed:
        out.print(Text("Nothing could be read.", style="bold red"))
    elif directory:
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
            "people known": f"{result.people:,}",
        }
        facts(out, {name: value for name, value in told.items() if value})
    if result.interrupted:
        out.print("Run the same command again to go on from there.")
    tell_faults(out, result.faults)
