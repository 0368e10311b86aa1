"""What is said about a verdict: to the client, to those behind us, and to the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from straymail.evidence import Action, RecipientVerdict, Verdict, worth_telling
from straymail.gateway.outcome import Reply
from straymail.message import Address, Envelope, Message
from straymail.verdict.view import Seal, verdict_view

_WHY = 200  # characters
ANSWERED = {
    "done": "your answer was carried out",
    "partly": "your answer was noted; other recipients are still in question",
    "unclear": "your answer was not understood, and nothing was done",
    "already": "this was settled before, and nothing was done",
    "automatic": "an automatic reply, which answers nothing",
    "ignored": "thank you, there was nothing to answer",
}
"""What the client of a reply to a notice is told, by what became of it."""
SENT_BEFORE = "this message was taken before, and has been sent"


def refusal(verdict: RecipientVerdict, *, told: bool = True) -> Reply:
    """550, with the right address where there is one; a stranger is not told where his mail was to be forwarded."""
    if not told:
        return Reply(550, "5.7.1", "this message is not passed on", verdict.rule)
    if verdict.meant:
        return Reply(550, "5.7.1", f"<{verdict.address}>: did you mean {verdict.meant[0]}?", verdict.rule)
    return Reply(550, "5.7.1", f"mail to <{verdict.address}> is refused by your organisation's policy", verdict.rule)


def tags(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Header fields for those behind us, none when there is nothing to say. No address: Bcc recipients read it too."""
    would = f"would-{verdict.would}" if verdict.would else ""
    if not would and verdict.action is not Action.TAG:
        return ()
    told = [finding.id for finding in verdict.content if worth_telling(finding.id, finding.confidence)]
    classes = sorted({identifier.partition(".")[0] for identifier in told})
    fields = [("X-Straymail-Verdict", f"{would or verdict.action}; probability={verdict.probability:.3f}")]
    return (*fields, ("X-Straymail-Content", ", ".join(classes))) if classes else tuple(fields)


def summary(envelope: Envelope, message: Message, verdict: Verdict, seal: Seal) -> dict[str, Any]:
    """What the log keeps of a message that was not held: who, why, and no word of what was written."""
    defects = sorted({each.id for each in message.defects})
    return {
        "sender": text(envelope.sender),
        "authenticated": envelope.authenticated,
        "queue_id": envelope.queue_id,
        "message_id": message.message_id[:200],
        "subject": {"digest": seal(message.subject), "length": len(message.subject)},
        "verdict": verdict_view(verdict, seal, texts=verdict.action is not Action.PASS),
    } | ({"defects": defects} if defects else {})


def failure(envelope: Envelope, kind: str, why: str, ours: Callable[[Address], bool]) -> dict[str, Any]:
    """What the log keeps of a message that could not be checked. ``kind`` is that of the failure policy.

    Of an address that is ``ours``, the desk's, the token is left out: it opens a held message.
    """
    return {
        "kind": kind,
        "why": why[:_WHY],
        "sender": text(envelope.sender),
        "recipients": _recipients(envelope, ours),
        "queue_id": envelope.queue_id,
    }


def turned_away(envelope: Envelope, reply: Reply, ours: Callable[[Address], bool]) -> dict[str, Any]:
    """What the log keeps of a message that a door refused as it came; recipients as in ``failure``."""
    return {
        "sender": text(envelope.sender),
        "recipients": _recipients(envelope, ours),
        "stage": "data",
        "why": f"{reply.code} {reply.enhanced} {reply.text}"[:_WHY],
    }


def _recipients(envelope: Envelope, ours: Callable[[Address], bool]) -> list[str]:
    return [
        f"{each.local.partition('+')[0]}@{each.domain}" if ours(each) else str(each) for each in envelope.recipients
    ]


def text(address: Address | None) -> str:
    """The address as the log writes it, "" for the null sender."""
    return str(address) if address else ""
