"""Carrying out what was decided about the recipients of a held message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from straymail.message import Message, parse_address, parse_message
from straymail.message.fields import header_end
from straymail.message.rewrite import add_headers, drop_address, drop_repeats, replace_address
from straymail.record import Keys, custody, outbound
from straymail.record.custody import OPEN, Held, Waiting

CORRECTED_HEADER = "X-Straymail-Corrected"


@dataclass(frozen=True, slots=True)
class Decision:
    """``word``: send, fix (to ``final``) or discard, for the recipient at ``position``."""

    position: int
    word: str
    final: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """One lesson of a decision: ``right`` is "" when the address was confirmed."""

    address: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What happened to ``message`` (its header).

    ``closed``: no recipient is open any more; ``finals``: where the message goes now; ``have``: who has it already,
    from an earlier release that failed for others, or because only some had to wait. Lessons come when all is decided:
    a changed mind teaches nothing wrong.
    """

    closed: bool
    finals: tuple[str, ...]
    lessons: tuple[Settled, ...]
    described: str
    message: Message
    have: tuple[str, ...] = ()


def carry_out(
    connection: Connection, keys: Keys, held: Held, decisions: Sequence[Decision], *, actor: str, now: float
) -> Result:
    """Write the decisions down; when no recipient in question is left open, queue the release or discard.

    Raises:
        Conflict: the message is no longer open.
    """
    recipients = list(held.recipients)
    for each in decisions:
        custody.decide(connection, held.id, each.position, each.word, each.final)
        recipients[each.position] = replace(recipients[each.position], decision=each.word, final=each.final)
    decided = [recipients[each.position] for each in decisions] or recipients  # all that was decided before, once more
    described = "; ".join(_described(each) for each in decided if each.decision)
    raw = custody.body(connection, keys, held.id)
    message = parse_message(raw, headers_only=True)
    if any(each.suspect and not each.decision for each in recipients):
        return Result(False, (), (), described, message)
    settled = [each for each in recipients if each.suspect and each.decision != "discard"]
    lessons = tuple(Settled(each.address, each.final) for each in settled)
    have = _who_has_it(connection, held)
    going = [parse_address(_final(each)) for each in recipients if each.decision != "discard"]
    mailboxes = {address.key: str(address) for address in reversed(going)}
    finals = tuple(mailboxes[key] for key in reversed(mailboxes) if key not in have)
    if finals:
        _release(connection, keys, held, recipients, finals, raw, actor, now)
    else:
        chosen = mailboxes or outbound.delivered_to(connection, held.id)
        fixed = any(each.decision == "fix" for each in recipients)
        state = "discarded" if not chosen else "corrected" if fixed else "released"
        custody.transition(connection, held.id, (*OPEN, "failed"), state, actor=actor, now=now)
    return Result(True, finals, lessons, described, message, tuple(sorted(have.values())))


def _who_has_it(connection: Connection, held: Held) -> dict[str, str]:
    """Mailboxes that need no copy any more: by key, as written."""
    went = held.envelope.get("went", ())
    every = [parse_address(each) for each in (*went, *outbound.delivered_to(connection, held.id))]
    return {address.key: str(address) for address in every}


def _release(
    connection: Connection,
    keys: Keys,
    held: Held,
    recipients: Sequence[Waiting],
    finals: Sequence[str],
    raw: bytes,
    actor: str,
    now: float,
) -> None:
    custody.transition(connection, held.id, (*OPEN, "failed"), "releasing", actor=actor, now=now)
    header, rest = corrected(raw, recipients)
    outbound.enqueue(
        connection,
        keys,
        kind="release",
        held_id=held.id,
        sender=held.sender,
        recipients=finals,
        raw=rest,
        header=header,
        now=now,
        parameters=_parameters(held),
        options=_options(held, recipients),
    )


def corrected(raw: bytes, recipients: Sequence[Waiting]) -> tuple[bytes, memoryview]:
    """The message with To and Cc as decided, and a trace header that says so for each change: its header, and the rest.

    Who was left out stands there no more, or an answer to all would go astray after all. A Bcc recipient leaves no
    trace: every recipient could read it.
    """
    message = parse_message(raw, headers_only=True)
    shown = {box.address.key for box in (*message.to, *message.cc)}
    going = {parse_address(_final(each)).key for each in recipients if each.decision != "discard"}
    end, _ = header_end(raw)
    header, traces = raw[:end], list[str]()
    for each in recipients:
        wrong, trace = parse_address(each.address), ""
        if each.decision == "fix":
            right = parse_address(each.final)
            header, trace = drop_repeats(replace_address(header, wrong, right), right), f"{wrong} to {right}"
        elif each.decision == "discard" and wrong.key not in going:
            header, trace = drop_address(header, wrong), f"{wrong} left out"
        if trace and wrong.key in shown:
            traces.append(trace)
    return add_headers(header, [(CORRECTED_HEADER, each) for each in traces]), memoryview(raw)[end:]


def _parameters(held: Held) -> list[str]:
    """What of MAIL's parameters holds for the next hop too; SIZE may have changed."""
    return _kept(held.envelope.get("parameters", ()), "BODY=", "SMTPUTF8", "RET=", "ENVID=")


def _kept(given: Iterable[object], *names: str) -> list[str]:
    """Those of these names that can be said again: RFC 5321 4.1.2 has no others than printable ASCII."""
    texts = (str(each) for each in given)
    return [each for each in texts if each.isascii() and each.isprintable() and each.upper().startswith(names)]


def _options(held: Held, recipients: Sequence[Waiting]) -> dict[str, list[str]]:
    """What of each RCPT's parameters holds where it goes now (RFC 3461); ORCPT is not that of a corrected address."""
    said = held.envelope.get("recipient_parameters", {})
    kept: dict[str, list[str]] = {}
    for each in recipients:
        names = ("NOTIFY=",) if each.decision == "fix" else ("NOTIFY=", "ORCPT=")
        given = said.get(parse_address(each.address).key, ())
        kept.setdefault(str(parse_address(_final(each))), _kept(given, *names))
    return kept


def _final(each: Waiting) -> str:
    return each.final if each.decision == "fix" else each.address


def _described(each: Waiting) -> str:
    return {
        "fix": f"{each.address} corrected to {each.final}",
        "send": f"{each.address} sent as it is",
        "discard": f"not sent to {each.address}",
    }[each.decision]
