"""``straymail replay``, ``calibrate``, ``train`` and ``bench``: judge an archive, and measure how well."""

from __future__ import annotations

import json as jsonlib
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from straymail import __version__
from straymail.audit.bench import BENCHES, Corpus, Table, run
from straymail.audit.calibrate import BUDGETS, thresholds, without_question
from straymail.audit.fit import fit, render
from straymail.audit.inject import KINDS
from straymail.audit.mailbox import Spool
from straymail.audit.measure import STRAYS, measure, questions, recall_at
from straymail.audit.replay import Replay, Summary, lines
from straymail.audit.report import private, write_report
from straymail.audit.trial import Case, Trial
from straymail.cli.common import (
    ConfigOption,
    JsonOption,
    console,
    print_json,
    say,
    settings_from,
    spare_garbage,
    tell_faults,
)
from straymail.cli.opening import open_examiner, read_weights
from straymail.cli.tables import facts, listing
from straymail.config import Settings
from straymail.correspondence import Correspondence
from straymail.errors import BadInput
from straymail.message import normalise_domain
from straymail.verdict import Policy, Weights

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="mbox files, .eml files or folders; .gz and .xz too.")
]
Own = Annotated[
    list[str] | None,
    typer.Option(
        "--own",
        metavar="DOMAIN",
        help="The organisation's own domain; may be repeated. Default: those of the settings.",
    ),
]
_LEARN, _FITTED = 0.25, 0.65
_BESIDE = (1.0, 5.0)  # budgets at which train tells what is caught
_SENDERS = ("own", "all")


def replay(
    paths: Paths,
    own: Own = None,
    senders: Annotated[
        str,
        typer.Option(
            help="own: what your people sent, to each other too, without machines and lists; all: every message."
        ),
    ] = "own",
    learn_until: Annotated[str | None, typer.Option(metavar="DATE", help="Only learn before this day.")] = None,
    hindsight: Annotated[bool, typer.Option("--hindsight", help="What was learned later counts too.")] = False,
    jsonl: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the lines here; default: stdout.")] = None,
    content: Annotated[
        bool,
        typer.Option("--content", help="Examine what messages and attachments hold as well; takes many times longer."),
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Judge an archive in time order, learning as it goes.

    Writes a JSON line for each recipient whose probability of being a stray is at least .01, or whom the policy would
    stop, then a summary. What is told is what the policy would do in mode ask; costs of content and rules on it count
    with --content only.
    """
    if senders not in _SENDERS:
        raise BadInput(f"--senders {senders!r}", allowed="own or all")
    settings = settings_from(config)
    own = _own(settings, own)
    _check_writable(jsonl, "--jsonl")
    with ExitStack() as stack:
        work = Replay(
            Correspondence(_domains(own)),
            read_weights(settings),
            _policy(settings, own),
            everyone=senders == "all",
            learn_until=_day(learn_until) if learn_until else None,
            hindsight=hindsight,
            examine=stack.enter_context(open_examiner(settings)) if content else None,
        )
        spool = stack.enter_context(closing(_spool(paths)))
        out = stack.enter_context(private(jsonl)) if jsonl else None
        for judged in work.run(spool):
            for line in lines(judged):
                if out:
                    out.write(jsonlib.dumps(line) + "\n")
                elif not json:
                    print_json(line)
        left_out = {"repeated": spool.repeated, "undated": spool.undated, "misdated": spool.wild}
    if json:
        told = {
            "questions_per_1000": round(work.summary.per_thousand, 3),
            "calibrated_for_strays": work.weights.strays,
        }
        print_json({**asdict(work.summary), **told, **left_out, "faults": _told(spool.faults)})
    else:
        _tell_summary(work.summary, left_out, work.weights.strays)
        tell_faults(console(stderr=True), spool.faults)


def _tell_summary(summary: Summary, left_out: Mapping[str, int], strays: float) -> None:
    """The summary for people, on standard error: the questions themselves are on standard output."""
    told = {
        "learned": f"{summary.learned:,} messages",
        "judged": f"{summary.messages:,} messages to {summary.recipients:,} recipients",
        "questions": f"{summary.questions:,}, {summary.per_thousand:.2f} per 1,000 messages"
        f" (asked from {summary.threshold:.3g} on)",
        "by rules": f"{summary.stopped:,} held or refused" if summary.stopped else "",
        "reported": f"{summary.reported:,} recipients, one a line",
        "not judged": f"{summary.automatic:,} by machines and to lists" if summary.automatic else "",
        "left out": ", ".join(f"{count:,} {name}" for name, count in left_out.items() if count),
        "probabilities": f"right where {1_000 * strays:g} of 1,000 messages are strays" if strays else "",
    }
    facts(console(stderr=True), {name: value for name, value in told.items() if value})


Report = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Write a report with plots (HTML) here: recall by budget, reliability, worst questions."
    ),
]

Strays = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Message-IDs, one a line, of messages that a person has found to be strays: they are left out.",
    ),
]


def calibrate(
    paths: Paths,
    own: Own = None,
    report: Report = None,
    strays: Strays = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Find the thresholds that keep to the budget of questions.

    Replays the archive and prints ``ask_at`` for several budgets, that of the policy among them; write the one for
    yours into straymail.toml. With --report, strays are put into copies of the messages to see what would be caught;
    it lists the first questions, and those that are strays in truth can be left out with --strays. Exceptions, rules
    and the country's cost count as in a replay without --content.
    """
    settings = settings_from(config)
    own = _own(settings, own)
    _check_writable(report, "--report")
    weights = read_weights(settings)
    with closing(_spool(paths)) as spool:
        cases = _left(_cases(spool, own, weights, _policy(settings, own), kinds=None if report else ()), strays)
    clean = [case.loss for case in cases if not case.kind]
    budget = settings.policy.budget
    found = thresholds(clean, sorted({*BUDGETS, budget}))
    if report:
        lines = [f"{len(clean):,} messages of {', '.join(own)} judged with weights {weights.version}."]
        write_report(report, "Calibration", lines, measure(_open(cases), weights))
    if json:
        faults = _told(spool.faults)
        print_json({"budget": budget, "messages": len(clean), "ask_at": found, "faults": faults})
        return
    yours = f"{budget:g}"
    rows = [(each, f"{value:.4f}", "your budget" if each == yours else "") for each, value in found.items()]
    console().print(listing(("questions per 1,000", "thresholds.ask_at", ""), rows))
    if few := " or ".join(f"{budget:g}" for budget in without_question(len(clean), list(map(float, found)))):
        say(
            f"Only {len(clean):,} messages were judged: at {few} per 1,000 they allow no question, so "
            "these thresholds only say what the highest of them was. Calibrate with more mail."
        )
    if report:
        say(f"{report}: the report")
    tell_faults(console(stderr=True), spool.faults)


def train(
    paths: Paths,
    own: Own = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The weights file to write.")] = Path("weights.toml"),
    report: Report = None,
    strays: Strays = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Start from nothing, not from the weights in use.")] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Fit the weights to your own history.

    Puts strays into a replay of the archive and fits the weights to tell them apart. Little mail leaves the weights in
    use nearly as they are; tens of thousands of messages are worth --afresh. The last 35 % of the archive is not fitted
    on: what is caught there is told, and the report is about it. Whom an exception of the policy lets pass teaches
    nothing. Nothing leaves the machine.
    """
    settings = settings_from(config)
    own = _own(settings, own)
    _check_writable(out, "--out")
    _check_writable(report, "--report")
    if report and report.resolve() == out.resolve():
        raise BadInput("the report would overwrite the weights", file=str(report), field="--report")
    with closing(_spool(paths)) as spool:
        times = spool.times()
        now = read_weights(settings)
        cases = _open(_left(_cases(spool, own, now, _policy(settings, own)), strays))
    later = times[int(len(times) * _FITTED)] if times else 0.0
    earlier = [case for case in cases if case.time < later]
    if not {True, False} <= {bool(case.kind) for case in earlier}:
        raise BadInput("the archive holds too little mail from your domain to fit weights")
    say("Fitting ...")
    weights = fit(earlier, f"own-{datetime.now(UTC):%Y-%m-%d}", None if afresh else now)
    out.write_text(render(weights, f"on {len(earlier)} cases of the organisation's own mail"), encoding="utf-8")
    say(f"{out}: fitted on {len(earlier):,} cases. Name it as model.weights in straymail.toml if it is better:")
    rest = [case for case in cases if case.time >= later]
    if not json:
        _beside(rest, now, weights, settings.policy.ask_at)
    if report:
        lines = [f"Fitted on {len(earlier):,} cases of {', '.join(own)}; measured on {len(rest):,} later ones."]
        write_report(report, f"Training: weights {weights.version}", lines, measure(rest, weights))
        say(f"{report}: the report")
    if json:
        print_json(
            {"weights": str(out), "version": weights.version, "cases": len(earlier), "later_cases": len(rest)}
            | _caught(rest, now, weights)
            | {"faults": _told(spool.faults)}
        )
    else:
        tell_faults(console(stderr=True), spool.faults)


def _caught(cases: Sequence[Case], now: Weights, fitted: Weights) -> dict[str, object]:
    """The share of later strays that each catches, by kind, at budgets of needless questions per 1,000."""
    kinds = {bool(case.kind) for case in cases}
    both = {"in_use": now, "fitted": fitted} if kinds == {True, False} else {}
    return {name: {f"{at:g}": recall_at(cases, each, at) for at in _BESIDE} for name, each in both.items()}


def _beside(cases: Sequence[Case], now: Weights, fitted: Weights, ask_at: float) -> None:
    """What the weights in use and the fitted ones catch, and ask, of cases neither was fitted on."""
    untouched = sum(not case.kind for case in cases)
    if untouched == len(cases):
        say("No later message could be made a stray: nothing says which weights are better.")
        return
    columns = [recall_at(cases, weights, budget) for budget in _BESIDE for weights in (now, fitted)]
    heads = [f"{name}, {budget:g}" for budget in _BESIDE for name in ("in use", "fitted")]
    rows = [(told, *(f"{each[name]:.1%}" for each in columns)) for name, told in STRAYS.items() if name in columns[0]]
    budgets = " and ".join(f"{budget:g}" for budget in _BESIDE)
    say(f"Caught of {len(cases) - untouched:,} later strays, at {budgets} needless questions per 1,000 messages:")
    console().print(listing(("", *heads), rows))
    asked = [questions(cases, weights, ask_at) for weights in (now, fitted)]
    say(
        f"At ask_at = {ask_at:.3g} those in use ask {asked[0]} of {untouched:,} untouched messages, "
        f"the fitted ones {asked[1]}: calibrate when you change them."
    )
    if without_question(untouched, _BESIDE):
        say("So few messages allow no question per 1,000: take the figures for a hint.")


def _cases(
    spool: Spool, own: list[str], weights: Weights, policy: Policy, kinds: Sequence[str] | None = None
) -> list[Case]:
    """Judged messages of an archive and, unless ``kinds`` is empty, altered copies; with a progress bar."""
    kinds = tuple(KINDS) if kinds is None else kinds
    trial = Trial(Correspondence(_domains(own)), weights, _start(spool), 1, kinds=kinds, policy=policy)
    steps = track(spool, "Judging", total=len(spool), console=console(stderr=True), transient=True)
    return list(trial.run(steps))


def _open(cases: list[Case]) -> list[Case]:
    """The cases of which exceptions leave somebody."""
    return [case for case in cases if case.assessments]


def _left(cases: list[Case], strays: Path | None) -> list[Case]:
    """The cases without the untouched messages that are strays in truth."""
    if strays is None:
        return cases
    try:
        written = [line.strip() for line in strays.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadInput(f"it cannot be read: {why}", file=str(strays), allowed="Message-IDs, one a line") from error
    known = {line.strip("<>") for line in written if line and not line.startswith("#")}
    found = known & {case.message_id for case in cases}
    say(f"{strays}: {len(found)} of {len(known)} messages are in what is judged, and are left out.")
    return [case for case in cases if case.kind or case.message_id not in known]


_FILE_WIDTH = 150


def bench(
    name: Annotated[str, typer.Argument(help=f"all, or one of: {', '.join(BENCHES)}.")],
    corpus: Annotated[Path, typer.Option(metavar="DIR", help="Folder of mail and lists.")],
    own: Own = ["enron.com"],  # noqa: B006  (Typer copies it)
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write NAME.json here as well.")] = None,
    json: JsonOption = False,
) -> None:
    """Measure quality on an archive.

    With all, benches for which the corpus lacks a file are left out.
    """
    if name != "all" and name not in BENCHES:
        raise BadInput(f"no bench is called {name!r}", allowed=f"all, {', '.join(BENCHES)}")
    if not corpus.is_dir():
        raise BadInput("there is no such folder", file=str(corpus), field="--corpus")
    left_out: dict[str, BadInput] = {}
    for each in list(BENCHES) if name == "all" else [name]:
        say(f"{each} ...")
        given = Corpus(corpus, tuple(sorted(_domains(own or ()))))
        try:
            table = run(each, given)
        except BadInput as error:
            if name != "all":
                raise
            left_out[each] = error
            say(f"{each} is left out: {error}")
        else:
            _show(table, given.faults, json=json, out=out)
    if left_out:
        say(f"Left out: {', '.join(left_out)}.")
    if len(left_out) == len(BENCHES):
        raise next(iter(left_out.values()))


def _show(table: Table, faults: Sequence[BadInput], *, json: bool, out: Path | None) -> None:
    result = {"bench": table.name, "title": table.title, "version": __version__, "facts": table.facts}
    result["faults"] = _told(faults)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        with private(out / f"{table.name}.json") as file:
            file.write(jsonlib.dumps(result, indent=1) + "\n")
    if json:
        print_json(result)
        return
    screen = console()
    if not screen.is_terminal:  # a file is as wide as it needs to be
        screen.width = max(screen.width, _FILE_WIDTH)
    screen.print(f"\n{table.title}")
    screen.print(listing(table.heads, table.rows, wide=table.heads))
    tell_faults(console(stderr=True), faults)


def _told(faults: Sequence[BadInput]) -> list[str]:
    return list(dict.fromkeys(map(str, faults)))


def _spool(paths: list[Path]) -> Spool:
    missing = next((path for path in paths if not path.exists()), None)
    if missing:
        raise BadInput("there is no such file or folder", file=str(missing))
    spare_garbage()
    spool = Spool()
    try:
        spool.fill(track(paths, description="Reading", console=console(stderr=True), transient=True))
    except BaseException:
        spool.close()
        raise
    return spool


def _policy(settings: Settings, own: list[str]) -> Policy:
    """The policy of the settings; the domains that are named count as the organisation's too."""
    organisation = settings.policy.organisation
    domains = tuple(dict.fromkeys((*organisation.domains, *sorted(_domains(own)))))
    return settings.policy.model_copy(update={"organisation": organisation.model_copy(update={"domains": domains})})


def _own(settings: Settings, own: list[str] | None) -> list[str]:
    """The own domains that are named, or else those of the settings.

    Raises:
        BadInput: neither names any.
    """
    found = own or list(settings.organisation.domains)
    if not found:
        raise BadInput(
            "which domains are yours?", field="--own", allowed="--own mod.example, or [organisation] domains"
        )
    return found


def _domains(own: Sequence[str]) -> frozenset[str]:
    return frozenset(normalise_domain(domain) for domain in own)


def _check_writable(file: Path | None, option: str) -> None:
    """Say at once that a result cannot be written, not after the work.

    Raises:
        BadInput: the folder does not exist or may not be written to, or the file is a folder.
    """
    if file is None:
        return
    if file.is_dir() or not file.absolute().parent.is_dir():
        why = "it is a folder" if file.is_dir() else f"there is no folder {file.absolute().parent}"
        raise BadInput(f"it cannot be written: {why}", file=str(file), field=option, allowed="a file in a folder")
    if not os.access(file if file.exists() else file.absolute().parent, os.W_OK):
        raise BadInput("it cannot be written: permission denied", file=str(file), field=option)


def _day(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"not a date: {text!r}", allowed="YYYY-MM-DD, or with time and zone") from None


def _start(spool: Spool) -> datetime:
    """The first quarter of an archive is only learned from."""
    times = spool.times()
    return datetime.fromtimestamp(times[int(len(times) * _LEARN)] if times else 0.0, UTC)
