"""``straymail policy check | show | explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from straymail.cli.check import exit_code, judge
from straymail.cli.common import ConfigOption, JsonOption, config_path, console, print_json, settings_from
from straymail.cli.draft import draft, read_message
from straymail.cli.opening import open_guard, read_weights
from straymail.cli.present import recipient_json, show_verdict, verdict_json
from straymail.cli.ready import refuse_unready, remarks
from straymail.config import load
from straymail.evidence import Assessment, RecipientVerdict, Sensitivity, Verdict
from straymail.verdict import Mode, Policy
from straymail.verdict.advice import FAILURES
from straymail.verdict.stakes import content_cost, weigh

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="The policy: check it, show it, explain what it does to a message."
)


@app.command("check")
def check_policy(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Read the settings, say whether they can be used, and warn of what is unwise.

    Exit code 3 and the line at fault when they cannot. The weights file they name is read as well.
    """
    path = config_path(config)
    settings = load(path)
    policy = settings.policy
    refuse_unready(settings)
    told = remarks(settings)
    if unheard := read_weights(settings).unheard:
        told.append(f"{settings.model.weights}: no evidence is called {', '.join(unheard)}; that counts nothing.")
    if json:
        print_json({"file": str(path), "policy": policy.version, "mode": str(policy.mode), "warnings": told})
        return
    out = console()
    out.print(Text(f"{path} can be used.", style="bold green"))
    out.print(
        f"Mode {policy.mode}, {_counted(len(policy.rules), 'rule')}, "
        f"{_counted(len(policy.exceptions), 'exception')}, policy {policy.version}."
    )
    for remark in told:
        out.print(Text(f"Note: {remark}", style="yellow"))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


@app.command("show")
def show_policy(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show the policy in force: mode, thresholds, costs, failure modes, rules."""
    policy = settings_from(config).policy
    if json:
        print_json({**policy.model_dump(mode="json"), "ask_at": policy.ask_at, "version": policy.version})
        return
    out = console()
    out.print(_summary(policy))
    out.print()
    if policy.rules:
        out.print(_rules(policy))
    else:
        out.print("No rules: the thresholds decide.")


def _summary(policy: Policy) -> Table:
    table = _plain()
    origin = "calibrated" if policy.thresholds.ask_at else f"from a budget of {policy.budget:g} in 1,000"
    costs = ", ".join(f"{level} {policy.costs.of(level):g}" for level in Sensitivity)
    rows = {
        "policy": policy.version,
        "mode": str(policy.mode),
        "ask at": f"expected loss {policy.ask_at:.3g} ({origin})",
        "hold at": f"expected loss {policy.thresholds.hold_at:g} (enforce only)",
        "refuse at": f"probability {policy.thresholds.refuse_at:g} (enforce only)",
        "costs": costs,
        "others": "wait as well" if policy.wait == "whole" else "go now",
        "failures": ", ".join(f"{name} {getattr(policy, name)}" for name in FAILURES),
        "exceptions": str(len(policy.exceptions)),
    }
    for name, text in rows.items():
        table.add_row(Text(name, style="dim"), text)
    return table


def _rules(policy: Policy) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("#", justify="right")
    table.add_column("rule", overflow="fold", ratio=2)
    table.add_column("action")
    table.add_column("when", overflow="fold", ratio=3)
    for number, rule in enumerate(policy.rules, 1):
        given = rule.model_dump(mode="json", exclude_defaults=True, exclude={"name", "action"})
        table.add_row(str(number), rule.name, str(rule.action), "; ".join(_condition(*item) for item in given.items()))
    return table


def _condition(name: str, value: Any) -> str:  # noqa: ANN401  (any value of a setting)
    if isinstance(value, bool):
        return name if value else f"not {name}"
    return f"{name} {', '.join(value) if isinstance(value, list) else value}".replace("_", " ")


@app.command("explain")
def explain(
    message: Annotated[Path, typer.Argument(metavar="MESSAGE", help="A message (.eml); - reads standard input.")],
    recipients: Annotated[
        list[str] | None, typer.Option("--to", metavar="ADDRESS", help="Envelope recipient; default To, Cc and Bcc.")
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", "-f", metavar="ADDRESS", help="Envelope sender; default the message's From.")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Explain what the policy does to a message: rule, probability, cost and expected loss for each recipient."""
    settings = settings_from(config)
    envelope, parsed = draft(sender, recipients or [], read_message(message), settings.gateway.limits.limits())
    with open_guard(settings, quiet=json) as guard:
        verdict = judge(guard, envelope, parsed, settings)
    if json:
        reasons = [_reason_json(settings.policy, verdict, each) for each in verdict.recipients]
        print_json({**verdict_json(verdict), "recipients": reasons, "split": verdict.split})
    else:
        show_verdict(console(), verdict)
        _show_arithmetic(console(), settings.policy, verdict)
    raise typer.Exit(exit_code(verdict))


def _reason_json(policy: Policy, verdict: Verdict, recipient: RecipientVerdict) -> dict[str, Any]:
    would = str(recipient.would) if recipient.would else None
    return {**recipient_json(recipient), "rule": recipient.rule, "would": would}


def _show_arithmetic(out: Console, policy: Policy, verdict: Verdict) -> None:
    out.print(Text("What the policy made of it", style="bold"))
    table = _plain()
    ordinary = content_cost(policy, verdict.content)
    for recipient in verdict.recipients:
        settled = Assessment(recipient.address, recipient.probability, recipient.evidence)
        cost = weigh(policy, settled, verdict.content, ordinary).cost
        loss = recipient.probability * cost
        said = f"probability {recipient.probability:.3g} x cost {cost:.3g} = expected loss {loss:.3g}; "
        said += f"{recipient.action} by {recipient.rule}" if recipient.rule else "no rule, and below every threshold"
        if recipient.would:
            why = "in watch mode" if policy.mode is Mode.WATCH else "there is nobody to ask"
            said += f" (would {recipient.would}, but {why})"
        table.add_row(recipient.address.readable, said)
    table.add_row(Text("thresholds", style="dim"), _thresholds(policy))
    out.print(table)
    if verdict.split:
        out.print("The other recipients get the message now.")


def _thresholds(policy: Policy) -> str:
    said = f"ask at {policy.ask_at:.3g}"
    if policy.mode is Mode.ENFORCE:
        said += f", hold at {policy.thresholds.hold_at:g}; refuse at probability {policy.thresholds.refuse_at:g}"
    return f"{said}; mode {policy.mode}"


def _plain() -> Table:
    table = Table(box=None, padding=(0, 2, 0, 2), show_header=False, show_edge=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    return table
