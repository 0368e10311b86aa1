"""A verdict for people (a few short tables) and for programs (JSON)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from straymail.evidence import Action, Evidence, Finding, RecipientVerdict, Sensitivity, Verdict, worth_telling

STYLES = {
    Action.PASS: "green",
    Action.TAG: "cyan",
    Action.ASK: "yellow",
    Action.HOLD: "magenta",
    Action.REFUSE: "red",
    Action.DEFER: "red",
}
_HEADLINES = {
    Action.PASS: "This would leave without a question.",
    Action.TAG: "This would leave, with a header that says what was noticed.",
    Action.ASK: "Straymail would ask before this leaves.",
    Action.HOLD: "This would wait for a security officer.",
    Action.REFUSE: "This would be refused, with a hint at the right address.",
    Action.DEFER: "This could not be judged; the mail server would try again later.",
}
_LEVELS = {Sensitivity.HIGH: "yellow", Sensitivity.SEVERE: "red"}
_NARROW = 60  # columns of a terminal below which tables give way to lines
_MENTIONED = 0.05  # log-odds; what weighs less is not worth a line


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict as ``straymail check --json`` prints it: stable keys, addresses as text."""
    return {
        "action": str(verdict.action),
        "probability": _rounded(verdict.probability),
        "recipients": [recipient_json(recipient) for recipient in verdict.recipients],
        "content": [
            {"id": finding.id, "where": finding.where, "sensitivity": str(finding.sensitivity)}
            for finding in verdict.content
        ],
        "versions": dict(verdict.versions),
    }


def recipient_json(recipient: RecipientVerdict) -> dict[str, Any]:
    """One recipient of ``verdict_json``."""
    return {
        "address": str(recipient.address),
        "action": str(recipient.action),
        "probability": _rounded(recipient.probability),
        "meant": [str(address) for address in recipient.meant],
        "evidence": [
            {"id": item.id, "weight": round(item.weight, 3), "text": item.sender_text or item.operator_text}
            for item in recipient.evidence
        ],
    }


def _rounded(probability: float) -> float:
    return float(f"{probability:.6g}")


def percent(probability: float) -> str:
    """A probability for people: ``"97 %"``, ``"1.2 %"``, ``"under 0.1 %"``."""
    if probability < 0.001:
        return "under 0.1 %"
    if probability > 0.995:
        return "over 99 %"
    return f"{probability:.0%}".replace("%", " %") if probability >= 0.1 else f"{probability:.1%}".replace("%", " %")


def show_verdict(out: Console, verdict: Verdict) -> None:
    """Print headline, one row a recipient, the reasons, and what the message holds."""
    out.print()
    out.print(headline(verdict))
    out.print()
    if out.width < _NARROW:
        _list_recipients(out, verdict.recipients)
    else:
        out.print(_recipients(verdict.recipients))
    for recipient in verdict.recipients:
        _show_reasons(out, recipient)
    if verdict.content:
        out.print()
        out.print(Text("What it holds", style="bold"))
        out.print(Padding(findings_table(verdict.content, narrow=out.width < _NARROW), (0, 0, 0, 2)))
    out.print()


def headline(verdict: Verdict) -> Text:
    """One sentence: what would happen, and the best suggestion if there is one."""
    said = Text(_HEADLINES[verdict.action], style=f"bold {STYLES[verdict.action]}")
    worst = max(verdict.recipients, key=lambda each: (each.action.severity, each.probability), default=None)
    if worst and worst.meant and worst.action.severity >= Action.ASK.severity:
        said.append(f" Did you mean {worst.meant[0].readable}?", style="bold default")
    return said


def _recipients(recipients: Iterable[RecipientVerdict]) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
    table.add_column("recipient", overflow="fold", ratio=4)
    table.add_column("action", no_wrap=True)
    table.add_column("astray?", no_wrap=True)
    table.add_column("did you mean", overflow="fold", ratio=4)
    for recipient in recipients:
        said, meant = _action(recipient), Text(_suggested(recipient), style="bold")
        table.add_row(recipient.address.readable, said, percent(recipient.probability), meant)
    return table


def _action(recipient: RecipientVerdict) -> Text:
    said = Text(recipient.action, style=f"bold {STYLES[recipient.action]}")
    return said + Text(f" (would {recipient.would})", style="dim") if recipient.would else said


def _suggested(recipient: RecipientVerdict) -> str:
    return recipient.meant[0].readable if recipient.meant and recipient.action is not Action.PASS else ""


def _list_recipients(out: Console, recipients: Iterable[RecipientVerdict]) -> None:
    """One below the other, for a terminal where four columns would break every address."""
    for recipient in recipients:
        out.print(Text(recipient.address.readable))
        out.print(Text("  ") + _action(recipient) + Text(f", astray? {percent(recipient.probability)}"))
        if meant := _suggested(recipient):
            out.print(Text("  did you mean ") + Text(meant, style="bold"))


def _show_reasons(out: Console, recipient: RecipientVerdict) -> None:
    telling = sorted(recipient.evidence, key=lambda item: -abs(item.weight))
    telling = [item for item in telling if abs(item.weight) >= _MENTIONED]
    if telling:
        out.print()
        out.print(Text(f"Why {recipient.address.readable}", style="bold"))
        out.print(Padding(evidence_table(telling, ids=out.width >= _NARROW), (0, 0, 0, 2)))
    if recipient.rule:
        out.print(Text(f"  Decided by {recipient.rule}.", style="dim"))


def evidence_table(evidence: Iterable[Evidence], *, ids: bool = True) -> Table:
    """Reasons, one a row: how much it weighs (log-odds; + speaks for a stray), what it says, and its id."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for item in evidence:
        weight = Text(f"{item.weight:+.1f}", style="red" if item.weight > 0 else "green")
        row = (weight, item.sender_text or item.operator_text or item.id)
        table.add_row(*row, Text(item.id, style="dim", no_wrap=True)) if ids else table.add_row(*row)
    return table


def findings_table(findings: Iterable[Finding], *, narrow: bool = False) -> Table:
    """What the message holds, dearest first: sensitivity, what, where; excerpts are already redacted."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    if not narrow:
        table.add_column(overflow="fold", ratio=1)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(style="dim", no_wrap=True)
    for finding in sorted(findings, key=lambda each: -each.sensitivity):
        level = Text(str(finding.sensitivity), style=_LEVELS.get(finding.sensitivity, ""))
        where = f"{finding.where}, quoted" if finding.quoted else finding.where
        told = finding.text or finding.id
        guess = "" if worth_telling(finding.id, finding.confidence) else "perhaps "
        excerpt = f" ({finding.excerpt})" if finding.excerpt and finding.excerpt != told else ""
        what = f"{guess}{told}{excerpt}"
        if narrow:
            table.add_row(level, f"{what}, in: {where}")
        else:
            table.add_row(level, what, where, percent(finding.confidence), finding.id)
    return table
