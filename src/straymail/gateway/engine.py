"""The one engine behind both doors: judge, act, log, learn; and the one place that applies the failure policy."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from straymail.config import Settings
from straymail.correspondence import observation
from straymail.desk import Desk
from straymail.errors import StoreDown, TokenRefused
from straymail.evidence import Action, RecipientVerdict, Verdict
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Reply, Taken
from straymail.guard import Guard, Reader
from straymail.message import Address, Envelope, Message, parse_message
from straymail.message.rewrite import remove_headers
from straymail.record.log import Entry
from straymail.verdict import OnFailure
from straymail.verdict.view import verdict_view

_log = structlog.get_logger("straymail.engine")
_OVER_LIMIT = frozenset(
    {
        "too-large",
        "too-deep",
        "too-many-parts",
        "too-many-headers",
        "too-many-recipients",
        "decoded-too-large",
        "header-too-large",
        "header-block-too-large",
    }
)
_LATER = "please try again later"
_FAILURES = {
    "error": "the message could not be checked",
    "timeout": "checking the message took too long",
    "oversize": "the message is over a limit of this system",
    "store_down": "this system cannot keep messages at the moment",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """What a judgement needs, replaced as a whole on reload."""

    guard: Guard
    settings: Settings
    read: Reader | None = None


class GuardEngine:
    """Judges what passes, and acts. ``situation`` may be replaced at any time; one message sees one of them."""

    def __init__(self, situation: Situation, desk: Desk, memory: Memory, metrics: Metrics) -> None:
        self.situation, self.desk, self.memory, self.metrics = situation, desk, memory, metrics

    # RCPT TO ---------------------------------------------------------------------------------------------------------

    def recipient(self, so_far: Envelope, address: Address) -> Reply | None:
        """Refuse a recipient whose address alone is wrong, if the policy says so; None to go on."""
        situation = self.situation
        if self.desk.is_desk_address(address) or not self._leaves(situation, so_far):
            return None
        try:
            verdict = situation.guard.judge_recipient(so_far, address, datetime.now(UTC))
        except Exception:  # noqa: BLE001  (the whole message is judged later, under its failure policy)
            _log.exception("engine.recipient_failed")
            return None
        if verdict.action is not Action.REFUSE:
            return None
        self.metrics.refused.inc()
        view = verdict_view(Verdict(Action.REFUSE, verdict.probability, (verdict,)))
        self._decide("refused", {"sender": _text(so_far.sender), "stage": "rcpt", "verdict": view})
        return _refusal(verdict)

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is an answer to a notice, and stays here."""
        return self.desk.is_desk_address(address)

    # End of message --------------------------------------------------------------------------------------------------

    async def message(self, arrival: Arrival) -> Disposition:
        """Judge a whole message and act; whatever goes wrong, the named failure policy decides."""
        situation = self.situation
        try:
            async with asyncio.timeout(situation.settings.gateway.judge_timeout.total_seconds()):
                return await self._message(situation, arrival)
        except TimeoutError:
            return await self._failed(situation, arrival, "timeout", "judge_timeout")
        except StoreDown as error:
            return await self._failed(situation, arrival, "store_down", str(error))
        except Exception as error:  # noqa: BLE001  (the one place that applies on_error)
            _log.error("engine.failed", exc_info=error, queue_id=arrival.envelope.queue_id)
            return await self._failed(situation, arrival, "error", type(error).__name__)

    async def _message(self, situation: Situation, arrival: Arrival) -> Disposition:
        if arrival.oversize:
            return await self._failed(situation, arrival, "oversize", "gateway.limits.size")
        if self.memory.down:
            raise StoreDown("the decision log cannot be written")
        message = parse_message(arrival.raw, situation.settings.gateway.limits.limits())
        answers = tuple(each for each in arrival.envelope.recipients if self.desk.is_desk_address(each))
        if answers:
            return await self._answer(situation, arrival, message, answers)
        if key := self.desk.recognises(arrival.envelope, message, arrival.raw):
            self.metrics.messages.labels("reentered").inc()
            self._decide("reentered", {"delivery": key, "sender": _text(arrival.envelope.sender)})
            return Accept()
        if not self._leaves(situation, arrival.envelope):
            self._learn(message, arrival.envelope)
            self.metrics.messages.labels("inbound").inc()
            return Accept()
        if over := next((each for each in message.defects if each.id in _OVER_LIMIT), None):
            return await self._failed(situation, arrival, "oversize", over.id)
        return await self._judge(situation, arrival, message)

    async def _judge(self, situation: Situation, arrival: Arrival, message: Message) -> Disposition:
        began = time.perf_counter()
        guard = situation.guard
        if situation.read is not None and any(part.is_attachment for part in message.parts):
            found = await asyncio.to_thread(situation.read, message)
            guard = replace(guard, read=lambda _message: found)
        verdict = guard.judge(arrival.envelope, message, datetime.now(UTC))
        self.metrics.seconds.observe(time.perf_counter() - began)
        return await self._act(arrival, message, verdict)

    async def _act(self, arrival: Arrival, message: Message, verdict: Verdict) -> Disposition:
        envelope = arrival.envelope
        self.metrics.messages.labels(str(verdict.action)).inc()
        if verdict.action in (Action.ASK, Action.HOLD):
            return await self._hold(arrival, message, verdict)
        self._decide("judged", _summary(envelope, message, verdict))
        if verdict.action is Action.REFUSE:
            worst = next(each for each in verdict.recipients if each.action is Action.REFUSE)
            return Refused(_refusal(worst))
        if verdict.action is Action.DEFER:
            return Refused(Reply(451, "4.7.1", _LATER, "policy"))
        self._learn(message, replace(envelope, recipients=_trusted(verdict)))
        return Accept(_headers(verdict))

    async def _hold(self, arrival: Arrival, message: Message, verdict: Verdict) -> Disposition:
        """Commit first; what goes on now, if anything, is told to the MTA afterwards."""
        raw = remove_headers(arrival.raw, "X-Straymail-*")
        view = verdict_view(verdict)
        now = time.time()
        identifier = await asyncio.shield(
            asyncio.to_thread(self.desk.take, arrival.envelope, raw, message, verdict, view, now)
        )
        _log.info("message.held", held=identifier, action=str(verdict.action), queue_id=arrival.envelope.queue_id)
        stopped = {each.address for each in verdict.recipients if each.action in (Action.ASK, Action.HOLD)}
        if not verdict.split or len(stopped) == len(set(arrival.envelope.recipients)):
            return Taken(identifier)
        going = tuple(each for each in arrival.envelope.recipients if each not in stopped)
        self._decide(
            "split", {"held": identifier, "sender": _text(arrival.envelope.sender), "sent": [*map(str, going)]}
        )
        self._learn(message, replace(arrival.envelope, recipients=going))
        return Accept(_headers(verdict), drop=tuple(stopped))

    # Answers to notices ----------------------------------------------------------------------------------------------

    async def _answer(
        self, situation: Situation, arrival: Arrival, message: Message, answers: tuple[Address, ...]
    ) -> Disposition:
        """Consume a reply to a notice; other recipients of the same mail are judged as usual."""
        others = tuple(each for each in arrival.envelope.recipients if each not in answers)
        if message.automatic or arrival.envelope.sender is None:
            kind = "automatic"  # an out-of-office reply answers nothing, and starts no conversation
        else:
            try:
                outcome = await asyncio.to_thread(self.desk.answer, arrival.envelope, message, time.time())
            except TokenRefused as refused:
                self.metrics.answers.labels("refused").inc()
                return Refused(Reply(550, "5.7.1", "this answer is not accepted: " + str(refused), "token"))
            kind = outcome.kind
            await self.memory.take_lessons()
        self.metrics.answers.labels(kind).inc()
        if not others:
            return Taken("answer")
        rest = replace(arrival, envelope=replace(arrival.envelope, recipients=others, recipient_parameters=()))
        said = await self._judge(situation, rest, message)
        return replace(said, drop=(*said.drop, *answers)) if isinstance(said, Accept) else said

    # Failure ---------------------------------------------------------------------------------------------------------

    async def _failed(self, situation: Situation, arrival: Arrival, kind: str, why: str) -> Disposition:
        """The named failure policy: ``on_error``, ``on_timeout``, ``on_oversize`` or ``on_store_down``."""
        policy = situation.settings.policy
        mode: OnFailure = getattr(policy, f"on_{kind}")
        self.metrics.failures.labels(kind).inc()
        _log.warning("engine.failure_policy", kind=kind, why=why, does=str(mode), queue_id=arrival.envelope.queue_id)
        later = Reply(451, "4.3.0", f"{_FAILURES[kind]}, {_LATER}", why)
        if mode is OnFailure.PASS:
            return Accept((("X-Straymail-Unchecked", kind),))
        if mode is OnFailure.DEFER or kind == "store_down" or arrival.oversize:
            return Refused(later)
        try:
            return await self._hold_unjudged(situation, arrival, kind)
        except Exception as error:  # noqa: BLE001  (holding failed as well: the client keeps the message)
            _log.error("engine.hold_failed", exc_info=error)
            return Refused(later)

    async def _hold_unjudged(self, situation: Situation, arrival: Arrival, kind: str) -> Disposition:
        recipients = tuple(
            RecipientVerdict(each, Action.HOLD, 0.0, rule=f"on_{kind}") for each in arrival.envelope.recipients
        )
        versions = {"policy": situation.settings.policy.version}
        verdict = Verdict(Action.HOLD, 0.0, recipients, versions=versions)
        headers = parse_message(arrival.raw, situation.settings.gateway.limits.limits(), headers_only=True)
        return await self._hold(arrival, headers, verdict)

    # Shared ----------------------------------------------------------------------------------------------------------

    def _leaves(self, situation: Situation, envelope: Envelope) -> bool:
        """Whether mail is the organisation's own: its sender's domain is, or it is a bounce, or somebody logged in.

        What comes in from outside is learned, not judged. With no own domains set, everything is judged.
        """
        organisation = situation.settings.organisation
        if envelope.sender is None or envelope.authenticated or not organisation.domains:
            return True
        return organisation.is_own(envelope.sender.domain)

    def _learn(self, message: Message, envelope: Envelope) -> None:
        seen = observation(message, self.memory.model.own_domains, envelope)
        self.memory.learn(replace(seen, time=time.time()))

    def _decide(self, kind: str, payload: dict[str, object]) -> None:
        self.memory.decided(Entry(time.time(), kind, payload))


def _refusal(verdict: RecipientVerdict) -> Reply:
    meant = f": did you mean {verdict.meant[0]}?" if verdict.meant else " looks like a mistake"
    return Reply(550, "5.7.1", f"<{verdict.address}>{meant}", verdict.rule)


def _headers(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """What a tag says to those behind us. No address: Bcc recipients read it too."""
    would = f"would-{verdict.would}" if verdict.would else ""
    if not would and verdict.action is not Action.TAG:
        return ()
    classes = sorted({finding.id.partition(".")[0] for finding in verdict.content})
    fields = [("X-Straymail-Verdict", f"{would or verdict.action}; probability={verdict.probability:.3f}")]
    return (*fields, ("X-Straymail-Content", ", ".join(classes))) if classes else tuple(fields)


def _trusted(verdict: Verdict) -> tuple[Address, ...]:
    """Recipients that may be learned: those nobody would have asked about."""
    return tuple(each.address for each in verdict.recipients if each.would is None)


def _summary(envelope: Envelope, message: Message, verdict: Verdict) -> dict[str, object]:
    subject = message.subject.encode("utf-8", "replace")
    return {
        "sender": _text(envelope.sender),
        "authenticated": envelope.authenticated,
        "queue_id": envelope.queue_id,
        "message_id": message.message_id[:200],
        "subject": {"digest": hashlib.sha256(subject).hexdigest()[:16], "length": len(message.subject)},
        "verdict": verdict_view(verdict, texts=verdict.action is not Action.PASS),
    }


def _text(address: Address | None) -> str:
    return str(address) if address else ""
