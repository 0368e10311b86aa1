"""The policy: what an organisation wants done, as types. ``decide`` carries it out.

**Set the budget, not the threshold.** About 1 message in 10,000 is misdirected (``BASE_RATE``). Were questions asked
at a fixed false-alarm rate of 1 %, a hundred right messages would be questioned for each stray, and people would
click through all of them. So a policy says how many needless questions per 1,000 messages it tolerates (``budget``),
and the threshold follows. If p is calibrated, then of all recipients with p >= t at most (1 - t) / t are right for
each stray among them, and strays cannot exceed BASE_RATE of all messages; hence

    needless questions per message <= (1 - t) / t x BASE_RATE = budget / 1000
    t = BASE_RATE / (BASE_RATE + budget / 1000)        budget 1 per 1,000 gives t = 0.091

That bound is safe as long as p is calibrated for BASE_RATE on this organisation's mail. The weights say for which base
rate theirs is (``strays``; those shipped: about 2 per 1,000, what users of another tool counted), so where strays are
rarer they ask earlier than the bound says; counted on the archive at hand it is one question per 1,000 all the same.
``straymail calibrate`` replays one's own history and prints the measured threshold; written into ``thresholds.ask_at``
it replaces the bound.

**How bad** multiplies: the expected loss is p x cost of what the message holds, and a question is asked when it
reaches the ask threshold. An ordinary message costs 1; ``costs`` says what the others do. So a document marked
severe (100) is worth a question at p = 0.001, ten times the base rate, and a lunch invitation is not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from straymail.content import Dictionary, Documents, Entry
from straymail.errors import AddressError
from straymail.evidence import Action, Sensitivity
from straymail.message import Address, country_tld, normalise_domain, parse_address
from straymail.verdict.pattern import AddressPattern, Kind, Pattern

BASE_RATE = 1e-4
"""Share of messages with a stray recipient; the order of magnitude reported by those who counted."""


RULE_ACTIONS = (Action.PASS, Action.TAG, Action.ASK, Action.HOLD, Action.REFUSE)
"""What a rule may do; ``defer`` is for failures alone."""


class Strict(BaseModel):
    """Base of the policy's types: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Mode(StrEnum):
    """How far the guard may go."""

    WATCH = "watch"
    ASK = "ask"
    ENFORCE = "enforce"


class Wait(StrEnum):
    """What happens to a held message's other recipients: all wait, or they go now."""

    WHOLE = "whole"
    SPLIT = "split"


class OnFailure(StrEnum):
    """What happens to a message that could not be judged."""

    PASS = "pass"  # noqa: S105  (an action, not a password)
    HOLD = "hold"
    DEFER = "defer"


def _read_sensitivity(value: object) -> Sensitivity:
    if isinstance(value, Sensitivity):
        return value
    try:
        return Sensitivity[str(value).upper()]
    except KeyError:
        raise ValueError(", ".join(f'"{level}"' for level in Sensitivity)) from None


_NO_TLD = frozenset(("EU", "UN", "XK"))  # no countries of ISO 3166, but written as one


def _read_address(value: object) -> Address:
    if isinstance(value, Address):
        return value
    try:
        return parse_address(str(value))
    except AddressError as error:
        raise ValueError(f"an e-mail address such as name@mod.example; {error.problem}") from error


def _rule_action(value: object) -> Action:
    named = next((action for action in RULE_ACTIONS if action == value), None)
    if named is None:
        raise ValueError(", ".join(f'"{action}"' for action in RULE_ACTIONS))
    return named


def _domain(value: str) -> str:
    try:
        return normalise_domain(value)
    except AddressError as error:
        raise ValueError(f"a domain such as mod.example; {error.problem}") from error


def _country(value: str) -> str:
    if value and value not in _NO_TLD and (named := country_tld(f"x.{value.lower()}")) != value:
        hint = f"; did you mean {named!r}?" if named else ""
        raise ValueError(f'a country as two capital letters such as "GB" or "DE", or nothing{hint}')
    return value


_AUDIENCES = frozenset(("NATO", "EU", "INT", "new"))
_AUDIENCE = '"DE" for a country, "!GB" for all but GB, "!.gov.uk" for all domains but those below it, or "new"'


def _audience(value: str) -> str:
    if value.startswith("!."):
        with suppress(AddressError):
            return f"!.{normalise_domain(value[2:])}"
        raise ValueError(_AUDIENCE)
    code = value.removeprefix("!")
    if code not in _AUDIENCES and country_tld(f"x.{code.lower()}") != code:
        raise ValueError(_AUDIENCE)
    return value


def _somebody(value: Pattern) -> Pattern:
    if value.kind is Kind.NULL:
        raise ValueError("a pattern of recipients; nobody writes to the null sender")
    return value


Level = Annotated[
    Sensitivity,
    BeforeValidator(_read_sensitivity),
    PlainSerializer(str),
    WithJsonSchema({"enum": [str(level) for level in Sensitivity]}),
]
RecipientPattern = Annotated[AddressPattern, AfterValidator(_somebody)]
Domain = Annotated[str, AfterValidator(_domain)]
MailAddress = Annotated[
    Address, BeforeValidator(_read_address), PlainSerializer(str), WithJsonSchema({"type": "string", "format": "email"})
]
RuleAction = Annotated[
    Action, BeforeValidator(_rule_action), WithJsonSchema({"enum": [str(action) for action in RULE_ACTIONS]})
]
Probability = Annotated[float, Field(ge=0, le=1)]


class Organisation(Strict):
    """Who we are: what counts as inside, and who decides about held messages."""

    name: str = Field(default="", max_length=200, description="The organisation's name, as notices give it.")
    domains: tuple[Domain, ...] = Field(
        default=(),
        description="Its own mail domains; domains below them are its own as well. Everything else is external.",
    )
    officers: tuple[MailAddress, ...] = Field(
        default=(), description="Security officers: they are told what is held, and decide about it."
    )
    country: Annotated[str, AfterValidator(_country)] = Field(
        default="",
        pattern="^([A-Z]{2})?$",
        description="Home country, ISO 3166 alpha-2 (GB, DE): rules on outside_country compare with it.",
    )

    def is_own(self, domain: str) -> bool:
        """Whether the domain, or a parent of it, is the organisation's own."""
        return any(domain == own or domain.endswith("." + own) for own in self.domains)


class Thresholds(Strict):
    """Where probability and expected loss turn into an action."""

    ask_at: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Ask from this expected loss (probability x cost) on. Empty: derived from budget and a base rate "
        "of 1 misdirected message in 10,000; `straymail calibrate` finds the value for your own mail.",
    )
    hold_at: float = Field(
        default=10.0,
        gt=0,
        le=10_000,
        description="enforce only: hold for an officer from this expected loss on (e.g. 0.5 x high, 0.1 x severe).",
    )
    refuse_at: float = Field(
        default=0.995,
        gt=0.5,
        le=1,
        description="enforce only: refuse at RCPT TO from this probability on, if an intended address is known.",
    )


class Costs(Strict):
    """What it costs if the message reaches the wrong person; an ordinary message costs 1."""

    none: float = Field(default=1.0, ge=0, le=10_000, description="Nothing sensitive found.")
    low: float = Field(default=2.0, ge=0, le=10_000, description="Low sensitivity.")
    elevated: float = Field(default=5.0, ge=0, le=10_000, description="Elevated sensitivity.")
    high: float = Field(default=20.0, ge=0, le=10_000, description="High sensitivity.")
    severe: float = Field(default=100.0, ge=0, le=10_000, description="Severe sensitivity.")
    outside_country: float = Field(
        default=1.5,
        ge=1,
        le=100,
        description="Factor when the recipient's domain belongs to another country than ours.",
    )
    excluded: float = Field(
        default=5.0,
        ge=1,
        le=100,
        description="Factor when the content itself excludes this recipient (NOFORN, UK EYES ONLY).",
    )
    quoted: float = Field(
        default=0.5, ge=0, le=1, description="Share of the cost that counts for what stands only in quoted text."
    )

    def of(self, level: Sensitivity) -> float:
        """Cost of a sensitivity level."""
        return float(getattr(self, str(level)))


class Rule(Strict):
    """One rule. All conditions that are given must hold; the first rule that matches a recipient decides."""

    name: str = Field(min_length=1, max_length=100, description="Shown in the log and to officers.")
    action: RuleAction = Field(description="pass, tag, ask, hold or refuse.")
    senders: tuple[AddressPattern, ...] = Field(default=(), description="Sender is one of these patterns.")
    recipients: tuple[RecipientPattern, ...] = Field(default=(), description="Recipient is one of these patterns.")
    content: tuple[str, ...] = Field(
        default=(), description='The message holds one of these: ids or classes, e.g. "marking.*", "secret.key".'
    )
    min_sensitivity: Level | None = Field(default=None, description="Something found is at least this sensitive.")
    min_confidence: Probability = Field(
        default=0.5, description="Findings below this confidence do not count for the rule."
    )
    quoted: bool = Field(default=False, description="Whether findings in quoted text count for the rule.")
    min_probability: Probability | None = Field(default=None, description="Probability of a stray is at least this.")
    max_probability: Probability | None = Field(default=None, description="Probability of a stray is at most this.")
    min_loss: float | None = Field(
        default=None, ge=0, description="Expected loss (probability x cost) is at least this."
    )
    first_contact: bool | None = Field(default=None, description="Nobody here has written to the recipient before.")
    external: bool | None = Field(default=None, description="The recipient is outside the organisation's domains.")
    outside_country: bool | None = Field(default=None, description="The recipient's domain belongs to another country.")
    excluded: bool | None = Field(default=None, description="The content itself excludes this recipient (e.g. NOFORN).")
    automatic: bool | None = Field(default=None, description="Sent by a machine or to a list, or with the null sender.")
    wait: Wait | None = Field(default=None, description="Overrides policy.wait for recipients this rule makes wait.")

    @model_validator(mode="after")
    def _sensible(self) -> Rule:
        low, high = self.min_probability, self.max_probability
        if low is not None and high is not None and low > high:
            raise ValueError("min_probability is above max_probability: the rule could never match")
        for pattern in self.content:
            if not pattern or any(not (sign.isalnum() or sign in "._-*") for sign in pattern):
                raise ValueError(f'content: {pattern!r} is no id such as "secret.key" and no class such as "secret.*"')
        return self


class Allowance(Strict):
    """A pair that is always allowed, before any rule."""

    sender: AddressPattern = Field(default=Pattern(Kind.ANYONE), description="Sender pattern; default anyone.")
    recipient: RecipientPattern = Field(description="Recipient pattern.")
    note: str = Field(default="", max_length=200, description="Why it is allowed, and who said so.")


class OwnMarking(Strict):
    """One level of the organisation's own marking scheme."""

    text: str = Field(min_length=2, max_length=200, description='The marking as it is written, e.g. "COMPANY SECRET".')
    sensitivity: Level = Field(default=Sensitivity.HIGH, description="What it would cost if such content got out.")
    excludes: tuple[Annotated[str, AfterValidator(_audience)], ...] = Field(
        default=(),
        description='Audiences it excludes: country codes, or "!GB" for all but GB, "!.gov.uk" for any other domain, '
        '"new" for whoever nobody here has written to.',
    )


class Term(Strict):
    """One entry of the organisation's own dictionary: a project name, a key word."""

    text: str = Field(min_length=2, max_length=200, description="The word or phrase; letter case does not matter.")
    sensitivity: Level = Field(default=Sensitivity.ELEVATED, description="What it would cost if such content got out.")


class Policy(Strict):
    """What to do about what: modes, budget, failure policy, and who and what is special."""

    mode: Mode = Field(
        default=Mode.ASK,
        description="watch: nothing is stopped, headers say what would have been done. ask: probability alone leads at "
        "most to a question; rules act as written. enforce: thresholds may also hold and refuse.",
    )
    budget: float = Field(
        default=1.0, gt=0, le=1000, description="Needless questions per 1,000 messages that the organisation tolerates."
    )
    wait: Wait = Field(
        default=Wait.WHOLE,
        description="While a recipient is in question: whole (all wait) or split (the others go now).",
    )
    on_error: OnFailure = Field(
        default=OnFailure.DEFER,
        description="When judging fails: defer (451, the sender's server tries again), hold, or pass. "
        "PASS LETS MAIL LEAVE UNCHECKED: whoever can make judging fail can send anything anywhere.",
    )
    on_timeout: OnFailure = Field(
        default=OnFailure.DEFER,
        description="When judging takes longer than gateway.judge_timeout. PASS LETS IT LEAVE UNCHECKED.",
    )
    on_oversize: OnFailure = Field(
        default=OnFailure.DEFER, description="When a message is over gateway.limits. PASS LETS IT LEAVE UNCHECKED."
    )
    on_store_down: OnFailure = Field(
        default=OnFailure.DEFER,
        description="When the database cannot be reached or is full: nothing can be held or logged. "
        "PASS LETS IT LEAVE UNCHECKED AND UNRECORDED; hold needs a mail server with a queue of its own.",
    )
    thresholds: Thresholds = Field(default=Thresholds(), description="Where an action begins.")
    costs: Costs = Field(default=Costs(), description="What a mistake costs, by sensitivity.")
    groups: dict[str, tuple[AddressPattern, ...]] = Field(
        default_factory=dict, description="Named lists of address patterns, used as group:NAME."
    )
    exceptions: tuple[Allowance, ...] = Field(default=(), description="Pairs that are always allowed.")
    rules: tuple[Rule, ...] = Field(default=(), description="First match decides; with none, the thresholds do.")
    markings: tuple[OwnMarking, ...] = Field(default=(), description="The organisation's own marking scheme.")
    terms: tuple[Term, ...] = Field(default=(), description="The organisation's own dictionary.")
    terms_files: tuple[Path, ...] = Field(
        default=(),
        description="Files with more terms, one a line; a tab and a sensitivity may follow; # begins a comment.",
    )
    documents_file: Path = Field(
        default=Path("documents.jsonl"), description="Registered documents, as `straymail documents add` writes them."
    )
    organisation: Organisation = Field(default=Organisation(), description="Filled in from [organisation].")
    documents: InstanceOf[Documents] = Field(
        default=Documents(), exclude=True, description="Filled in from documents_file."
    )

    @property
    def ask_at(self) -> float:
        """Expected loss from which a question is asked: calibrated, or the bound derived from the budget."""
        return self.thresholds.ask_at or BASE_RATE / (BASE_RATE + self.budget / 1000)

    @cached_property
    def dictionary(self) -> Dictionary:
        """Own terms and markings in the form the content detectors take."""
        return Dictionary(
            terms=tuple(Entry(term.text, term.sensitivity) for term in self.terms),
            markings=tuple(Entry(mark.text, mark.sensitivity, mark.excludes) for mark in self.markings),
            documents=self.documents,
        )

    @cached_property
    def version(self) -> str:
        """16 hex digits of the SHA-256 of the policy in canonical form: equal policies have equal versions."""
        canonical = json.dumps(
            [self.model_dump(mode="json"), self.documents.key], sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; a changed copy computes its own version."""
        copy = super().model_copy(update=update, deep=deep)
        for computed in ("version", "dictionary"):
            copy.__dict__.pop(computed, None)
        return copy

    @model_validator(mode="after")
    def _known_groups(self) -> Policy:
        named = [pattern for rule in self.rules for pattern in (*rule.senders, *rule.recipients)]
        named += [pattern for entry in self.exceptions for pattern in (entry.sender, entry.recipient)]
        for pattern in named:
            if pattern.kind is Kind.GROUP and pattern.value not in self.groups:
                raise ValueError(f"{pattern} is not defined in [policy.groups]")
        if any(member.kind is Kind.GROUP for members in self.groups.values() for member in members):
            raise ValueError("groups: a group may not hold another group")
        return self
