"""The one engine behind both doors: judge, act, log, learn; and the one place that applies the failure policy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

import structlog

from straymail.config import Settings
from straymail.content import give_back, prepare
from straymail.correspondence import observation
from straymail.desk import Desk, is_ours
from straymail.errors import NotAsked, StoreDown, TokenRefused
from straymail.evidence import Action, Finding, RecipientVerdict, Verdict
from straymail.frozen import dataclass
from straymail.gateway import account
from straymail.gateway.memory import Memory
from straymail.gateway.metrics import Metrics
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Reply, Taken, is_elsewhere
from straymail.guard import Guard, Reader
from straymail.message import Address, Envelope, Limits, Message, parse_address, parse_message
from straymail.message.rewrite import remove_headers
from straymail.record.log import Entry
from straymail.verdict import Mode, OnFailure
from straymail.verdict.view import verdict_view

_log = structlog.get_logger("straymail.engine")
_T = TypeVar("_T")
_STOPS = (Action.ASK, Action.HOLD)
_SETTLED = frozenset({"confirmed", "corrected"})
"""Evidence that somebody has answered a question about this recipient."""
LARGE = 8 << 20
"""Bytes of a message beside which nothing is done that takes much memory and can wait."""

BIG = 256 << 10
"""Bytes from which a message is read in a thread: shorter ones take less than the switch would cost."""
_OVER_LIMIT = frozenset(
    {
        "too-large",
        "too-deep",
        "too-many-parts",
        "too-many-headers",
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
_UNREADABLE = Reply(553, "5.1.3", "a recipient is no mailbox: write it as name@domain")


@dataclass(frozen=True)
class Situation:
    """What a judgement needs, replaced as a whole on reload."""

    guard: Guard
    settings: Settings
    read: Reader | None = None

    @cached_property
    def limits(self) -> Limits:
        """Bounds of one message."""
        return self.settings.gateway.limits.limits()

    @cached_property
    def refuses(self) -> bool:
        """Whether the policy can refuse a recipient by address alone; if not, nobody looks before the message."""
        policy = self.settings.policy
        ruled = any(rule.action is Action.REFUSE for rule in policy.rules)
        return policy.mode is not Mode.WATCH and (ruled or policy.mode is Mode.ENFORCE)


class GuardEngine:
    """Judges what passes, and acts. ``situation`` may be replaced at any time; one message sees one of them."""

    def __init__(self, situation: Situation, desk: Desk, memory: Memory, metrics: Metrics) -> None:
        self.situation, self.desk, self.memory, self.metrics = situation, desk, memory, metrics
        self._under_way, self._large = 0, set[Future[Any]]()
        # Threads of their own: a message that is slow to read must not keep another from being held.
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="read")

    def close(self) -> None:
        """Let go of the threads; what is being read is not waited for."""
        self._readers.shutdown(wait=False, cancel_futures=True)

    # RCPT TO ---------------------------------------------------------------------------------------------------------

    def recipient(self, so_far: Envelope, address: Address) -> Reply | None:
        """Refuse a recipient whose address alone is wrong, if the policy says so; None to go on."""
        situation = self.situation
        if not situation.refuses or self.desk.is_desk_address(address) or not is_ours(situation.settings, so_far):
            return None
        try:
            verdict = situation.guard.judge_recipient(so_far, address, datetime.now(UTC))
            if verdict.action is not Action.REFUSE:
                return None
            self.metrics.refused.inc()
            view = verdict_view(Verdict(Action.REFUSE, verdict.probability, (verdict,)), self.desk.seal)
            self._decide("refused", {"sender": account.text(so_far.sender), "stage": "rcpt", "verdict": view})
        except Exception:  # noqa: BLE001  (the whole message is judged later, under its failure policy)
            _log.exception("engine.recipient_failed")
            return None
        return account.refusal(verdict)

    def is_desk_address(self, address: Address) -> bool:
        """Whether mail to it is an answer to a notice, and stays here."""
        return self.desk.is_desk_address(address)

    def turned_away(self, envelope: Envelope, reply: Reply) -> None:
        """Log and count a message that a door refused as it came."""
        self.metrics.messages.labels("refuse").inc()
        self._note("refused", account.turned_away(envelope, reply, self.desk.is_desk_address))

    # End of message --------------------------------------------------------------------------------------------------

    async def message(self, arrival: Arrival) -> Disposition:
        """Judge a whole message and act; whatever goes wrong, the named failure policy decides."""
        situation, large = self.situation, len(arrival.raw) >= LARGE
        self._under_way += large
        try:
            said = await self._message(situation, arrival)
        except TimeoutError:
            said = await self._failed(situation, arrival, "timeout", "judge_timeout")
        except StoreDown as error:
            said = await self._failed(situation, arrival, "store_down", str(error))
        except Exception as error:  # noqa: BLE001  (the one place that applies on_error)
            _log.error("engine.failed", exc_info=error, queue_id=arrival.envelope.queue_id)
            said = await self._failed(situation, arrival, "error", type(error).__name__)
        finally:
            self._under_way -= large
            if large:
                with suppress(RuntimeError):  # the threads are gone already
                    self._readers.submit(give_back)  # else the next comes on top of what this one left
        if isinstance(said, Taken) and arrival.unreadable:
            return Accept(drop=arrival.envelope.recipients)  # they were not taken, so they go on
        return said

    async def _message(self, situation: Situation, arrival: Arrival) -> Disposition:
        envelope = arrival.envelope
        if arrival.oversize:
            return await self._failed(situation, arrival, "oversize", "gateway.limits.size")
        if any(is_elsewhere(each) for each in arrival.unreadable):
            return Refused(_UNREADABLE)
        if not envelope.recipients:
            return Accept()  # names without a domain: mail of this machine to itself
        if self.memory.down:
            raise StoreDown("the decision log cannot be written")
        message = await self._parse(situation, arrival.raw)
        answers = tuple(each for each in envelope.recipients if self.desk.is_desk_address(each))
        if answers:
            return await self._answer(situation, arrival, message, answers)
        if key := self.desk.recognises(envelope, message, arrival.raw):
            self.metrics.messages.labels("reentered").inc()
            self._decide("reentered", {"delivery": key, "sender": account.text(envelope.sender)})
            return Accept(ours=True)
        if _comes_in(situation, envelope):
            self._learn(message, envelope)
            self.metrics.messages.labels("inbound").inc()
            return Accept()
        return await self._judge(situation, arrival, message)

    async def _parse(self, situation: Situation, raw: bytes) -> Message:
        if len(raw) < BIG:
            return parse_message(raw, situation.limits)
        if len(raw) >= LARGE:  # searching so much without hints would take as long as making them, and more memory
            await self._aside(situation, prepare, len(raw))
            await self._aside(situation, give_back, len(raw))  # what many shorter ones left would come on top
        return await self._aside(situation, lambda: parse_message(raw, situation.limits), len(raw))

    async def _judge(self, situation: Situation, arrival: Arrival, message: Message) -> Disposition:
        if over := next((each for each in message.defects if each.id in _OVER_LIMIT), None):
            return await self._failed(situation, arrival, "oversize", over.id)
        began = time.perf_counter()
        guard, envelope = situation.guard, arrival.envelope
        findings: Sequence[Finding] | None = None
        if situation.read is not None and any(part.is_attachment for part in message.parts):
            reading = replace(guard, read=situation.read)
            findings = await self._aside(situation, lambda: reading.findings(message), len(arrival.raw))
        elif len(arrival.raw) >= BIG:
            findings = await self._aside(situation, lambda: guard.findings(message), len(arrival.raw))
        verdict = guard.judge(envelope, message, datetime.now(UTC), findings)
        if not is_ours(situation.settings, envelope):
            verdict = _nobody_to_ask(verdict)
        self.metrics.seconds.observe(time.perf_counter() - began)
        return await self._again(situation, arrival, message, verdict) or await self._act(arrival, message, verdict)

    async def _again(
        self, situation: Situation, arrival: Arrival, message: Message, verdict: Verdict
    ) -> Disposition | None:
        """What is done when a client that never heard 250 tries again, and the sender has answered meanwhile.

        His answer changes the verdict; without a look at what was sent before, the message would go out twice.
        """
        envelope = arrival.envelope
        settled = [each.address for each in verdict.recipients if _SETTLED & {said.id for said in each.evidence}]
        if not settled or not message.message_id:
            return None
        stopped = [each.address for each in verdict.recipients if each.action in _STOPS]
        raw = remove_headers(arrival.raw, "X-Straymail-*")
        perhaps = (envelope.recipients, (*stopped, *settled), settled)
        held = await asyncio.to_thread(self.desk.sent, envelope, raw, perhaps, time.time())
        if held is None:
            return None
        self._decide("retried", {"held": held.id, "sender": account.text(envelope.sender)})
        have = {parse_address(each.address).key for each in held.recipients}
        gone = tuple(each for each in envelope.recipients if each.key in have)
        return await self._others(situation, arrival, message, gone, Taken(held.id, account.SENT_BEFORE))

    async def _others(
        self, situation: Situation, arrival: Arrival, message: Message, gone: tuple[Address, ...], done: Taken
    ) -> Disposition:
        """Judge the recipients that are left when some are dealt with; ``done`` when none is."""
        others = tuple(each for each in arrival.envelope.recipients if each not in gone)
        if not others:
            return done
        rest = replace(arrival, envelope=replace(arrival.envelope, recipients=others, recipient_parameters=()))
        said = await self._judge(situation, rest, message)
        return replace(said, drop=(*said.drop, *gone)) if isinstance(said, Accept) else said

    @property
    def at_large(self) -> bool:
        """Whether a message of ``LARGE`` bytes or more is in memory, even if nobody waits for its reader."""
        self._large = {each for each in self._large if not each.done()}
        return bool(self._under_way or self._large)

    async def _aside(self, situation: Situation, work: Callable[[], _T], size: int) -> _T:
        """Run pure work in a thread, under the time limit; TimeoutError when it is not done by then."""
        future = self._readers.submit(work)
        if size >= LARGE:
            self._large.add(future)
        async with asyncio.timeout(situation.settings.gateway.judge_timeout.total_seconds()):
            return await asyncio.wrap_future(future)

    async def _act(self, arrival: Arrival, message: Message, verdict: Verdict) -> Disposition:
        envelope = arrival.envelope
        self.metrics.messages.labels(str(verdict.action)).inc()
        if verdict.action in _STOPS:
            return await self._hold(arrival, message, verdict)
        self._decide("judged", account.summary(envelope, message, verdict, self.desk.seal))
        if verdict.action is Action.REFUSE:
            worst = next(each for each in verdict.recipients if each.action is Action.REFUSE)
            return Refused(account.refusal(worst, told=is_ours(self.situation.settings, envelope)))
        if verdict.action is Action.DEFER:
            return Refused(Reply(451, "4.7.1", _LATER, "policy"))
        # A recipient somebody would have asked about teaches nothing: repetition must not become trust.
        trusted = tuple(each.address for each in verdict.recipients if each.would is None)
        self._learn(message, replace(envelope, recipients=trusted))
        return Accept(account.tags(verdict))

    async def _hold(self, arrival: Arrival, message: Message, verdict: Verdict) -> Disposition:
        """Commit first; what goes on now, if anything, is told to the MTA afterwards."""
        envelope = arrival.envelope
        raw = remove_headers(arrival.raw, "X-Straymail-*")
        view = verdict_view(verdict, self.desk.seal)
        taking = asyncio.to_thread(self.desk.take, envelope, raw, message, verdict, view, time.time())
        identifier = await asyncio.shield(taking)
        _log.info("message.held", held=identifier, action=str(verdict.action), queue_id=envelope.queue_id)
        stopped = {each.address for each in verdict.recipients if each.action in _STOPS}
        going = tuple(each for each in envelope.recipients if each not in stopped)
        if not verdict.split or not going:
            return Taken(identifier)
        sent = [str(each) for each in going]
        self._decide("split", {"held": identifier, "sender": account.text(envelope.sender), "sent": sent})
        self._learn(message, replace(envelope, recipients=going))
        return Accept(account.tags(verdict), drop=tuple(stopped))

    # Answers to notices ----------------------------------------------------------------------------------------------

    async def _answer(
        self, situation: Situation, arrival: Arrival, message: Message, answers: tuple[Address, ...]
    ) -> Disposition:
        """Consume a reply to a notice; other recipients of the same mail are judged as usual."""
        if message.automatic or arrival.envelope.sender is None:
            kind, held = "automatic", ""  # an out-of-office reply answers nothing, and starts no conversation
        else:
            try:
                outcome = await asyncio.to_thread(self.desk.answer, arrival.envelope, message, time.time())
            except NotAsked as refused:
                self.metrics.answers.labels("refused").inc()
                return Refused(Reply(550, "5.1.1", str(refused), "no token"))
            except TokenRefused as refused:
                self.metrics.answers.labels("refused").inc()
                return Refused(Reply(550, "5.7.1", f"this answer is not accepted: {refused}", "token"))
            kind, held = outcome.kind, outcome.held_id
            await self.memory.take_lessons()
        self.metrics.answers.labels(kind).inc()
        self._decide("answer", {"sender": account.text(arrival.envelope.sender), "what": kind, "held": held})
        done = Taken(held or "answer", account.ANSWERED[kind])
        return await self._others(situation, arrival, message, answers, done)

    # Failure ---------------------------------------------------------------------------------------------------------

    async def _failed(self, situation: Situation, arrival: Arrival, kind: str, why: str) -> Disposition:
        """The named failure policy: ``on_error``, ``on_timeout``, ``on_oversize`` or ``on_store_down``."""
        policy = situation.settings.policy
        mode: OnFailure = getattr(policy, f"on_{kind}")
        self.metrics.failures.labels(kind).inc()
        _log.warning("engine.failure_policy", kind=kind, why=why, does=str(mode), queue_id=arrival.envelope.queue_id)
        later = Reply(451, "4.3.0", f"{_FAILURES[kind]}, {_LATER}", why)
        answers = any(map(self.desk.is_desk_address, arrival.envelope.recipients))
        about = account.failure(arrival.envelope, kind, why, self.desk.is_desk_address)
        if answers:  # an answer to a notice stays here, and is tried again
            self._note("deferred", about)
            return Refused(later)
        if mode is OnFailure.PASS:
            self._note("unchecked", about)
            return Accept((("X-Straymail-Unchecked", kind),))
        if mode is OnFailure.DEFER or kind == "store_down" or arrival.oversize:
            self._note("deferred", about)
            return Refused(later)
        try:
            said = await self._hold_unjudged(situation, arrival, kind)
        except Exception as error:  # noqa: BLE001  (holding failed as well: the client keeps the message)
            _log.error("engine.hold_failed", exc_info=error)
            self._note("deferred", about)
            return Refused(later)
        self._note("unjudged", about | ({"held": said.hold} if isinstance(said, Taken) else {}))
        return said

    async def _hold_unjudged(self, situation: Situation, arrival: Arrival, kind: str) -> Disposition:
        recipients = tuple(
            RecipientVerdict(each, Action.HOLD, 0.0, rule=f"on_{kind}") for each in arrival.envelope.recipients
        )
        versions = {"policy": situation.settings.policy.version}
        verdict = Verdict(Action.HOLD, 0.0, recipients, versions=versions)
        headers = parse_message(arrival.raw, situation.limits, headers_only=True)
        return await self._hold(arrival, headers, verdict)

    # Shared ----------------------------------------------------------------------------------------------------------

    def _learn(self, message: Message, envelope: Envelope) -> None:
        words = self.situation.settings.model.topics
        seen = observation(message, self.memory.model.own_domains, envelope, words=words)
        self.memory.learn(replace(seen, time=time.time()))

    def _note(self, kind: str, payload: dict[str, object]) -> None:
        """Decide, though the log may be full: what the failure policy says holds all the same."""
        with suppress(StoreDown):
            self._decide(kind, payload)

    def _decide(self, kind: str, payload: dict[str, object]) -> None:
        self.memory.decided(Entry(time.time(), kind, payload))


def _comes_in(situation: Situation, envelope: Envelope) -> bool:
    """Whether mail comes in from outside: it is learned and not judged. What is forwarded out again is judged."""
    outside = envelope.sender is None or not is_ours(situation.settings, envelope)
    own = situation.settings.organisation
    return outside and bool(own.domains) and all(own.is_own(each.domain) for each in envelope.recipients)


def _nobody_to_ask(verdict: Verdict) -> Verdict:
    """A stranger's mail that is forwarded: its sender, perhaps forged, cannot say who was meant. It is tagged."""
    recipients = tuple(
        replace(each, action=Action.TAG, would=Action.ASK) if each.action is Action.ASK else each
        for each in verdict.recipients
    )
    action = max((each.action for each in recipients), key=lambda each: each.severity, default=Action.PASS)
    return replace(verdict, action=action, recipients=recipients)
