"""The vocabulary every layer shares: signal, evidence, finding, action, verdict.

A *signal* is what a detector saw (id + strength, no weight). The weights file turns signals into
*evidence* (log-odds, natural log; positive = more likely a stray). Policy turns probability and
findings into an *action*. Signals, weights and combination thus stand in three places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import IntEnum, StrEnum

from straymail.frozen import dataclass
from straymail.message import Address


class Action(StrEnum):
    """What happens to a recipient or a message, mildest first."""

    PASS = "pass"  # noqa: S105  (an action, not a password)
    TAG = "tag"
    ASK = "ask"
    HOLD = "hold"
    REFUSE = "refuse"
    DEFER = "defer"

    @property
    def severity(self) -> int:
        """0 (pass) to 5 (defer): the message's action is its recipients' most severe."""
        return _SEVERITY[self]


_LIKELY = 0.5
_SEVERITY = {action: number for number, action in enumerate(Action)}


class Sensitivity(IntEnum):
    """What it would cost if the content got out."""

    NONE = 0
    LOW = 1
    ELEVATED = 2
    HIGH = 3
    SEVERE = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may have been meant.

    ``score`` is log P(typed | meant) + log prior(meant), natural log, comparable only between
    candidates of one recipient. ``name`` is the display name known for the address, or "".
    """

    address: Address
    score: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one detector saw about one recipient.

    ``strength`` is in the detector's own unit (its doc line says which), usually 0..1 or a log ratio.
    ``sender_text`` is for the sender (plain words, no internals); ``operator_text`` for the log and the
    officer. ``meant`` lists candidates, best first; ``compared`` stands in the signal ``rival`` alone.
    """

    id: str
    strength: float
    sender_text: str = ""
    operator_text: str = ""
    meant: tuple[Candidate, ...] = ()
    compared: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """A contact of the sender who may have been meant instead, for his name or address is like the recipient's.

    ``kind`` is "namesake", "prefix" or "slip", ``likeness`` 0..1; ``parts`` say how well he fits (``PARTS``).
    """

    candidate: Candidate
    kind: str
    likeness: float
    parts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How well the recipient fits the message, beside the rivals; each tuple in the order of ``PARTS``."""

    own: tuple[float, ...]
    rivals: tuple[Rival, ...] = ()


PARTS: Mapping[str, str] = {
    "sent": "{rival} gets mail from you more often than {address}.",
    "received": "{rival} writes to you more often than {address}.",
    "lately": "You were in touch with {rival} lately, not with {address}.",
    "season": "You were in touch with {rival} in the last months, not with {address}.",
    "thread": "{rival} took part in this conversation; {address} did not.",
    "author": "The message you answer is from {rival}, not from {address}.",
    "quoted": "The quoted message names {rival}, not {address}.",
    "quoted.name": "",
    "mentioned": "The message names {rival}, not {address}.",
    "greeted": "The message greets {rival} by name, not {address}.",
    "group": "{rival} usually stands beside the other recipients; {address} does not.",
    "together": "",
    "topic": "Mail about such things went to {rival}, not to {address}.",
    "stranger": "",
    "unknown": "",
    "elsewhere": "",
    "inside": "",
}
"""Parts of how well somebody fits a message, each with what the sender is told when it speaks for a rival. Strengths:
``sent`` and ``received`` log(1 + messages, halved every 180 days); ``lately`` and ``season`` exp(-age of the last
message / 7 and 60 days); ``thread``, ``author`` (the message that is answered names him as its writer), ``quoted``
(first name and surname stand in the quoted text), ``quoted.name`` (one of them), ``mentioned`` (a name stands in the
new text), ``stranger`` (no mail between sender and him), ``unknown`` (to the whole organisation),
``inside`` (of the organisation) 0 or 1; ``greeted`` (is called as the greeting says) 0, .5 (may be called so) or 1;
``group`` share of the others he stood beside, ``together`` log(1 + times); ``topic`` log(1 + 10 x likeness, at most 2,
of the messages he stood in that are most like this one); ``elsewhere`` log(1 + messages he got from
others), for a stranger."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal with its weight: one additive term of the log-odds that the recipient is a stray."""

    id: str
    weight: float
    strength: float
    sender_text: str = ""
    operator_text: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """One recipient, judged before policy: calibrated probability of a stray, its terms, who was meant (best first)."""

    address: Address
    probability: float
    evidence: tuple[Evidence, ...] = ()
    meant: tuple[Candidate, ...] = ()
    compared: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the message holds.

    ``id`` begins with its class (``marking.``, ``secret.``, ``health.``, ``travel.``, ``place.``,
    ``person.``, ``money.``, ``own.``, ``unread.``). ``where`` is a place a person understands
    ("subject", "body line 12", "plan.pdf page 2"). ``excerpt`` is redacted; ``digest`` is a
    truncated hash of the matched text, never the text, and is sealed with a key before it is stored.
    ``excludes`` lists audiences the content itself
    excludes: ISO 3166 alpha-2 country codes, or ``!XX`` for "anyone but XX" (e.g. NOFORN = ``!US``), where NATO and EU
    stand for those organisations themselves; ``!.gov`` is for any domain but those below .gov;
    ``new`` is whoever nobody here has written to before.
    """

    id: str
    where: str
    sensitivity: Sensitivity
    confidence: float
    text: str = ""
    excerpt: str = ""
    digest: str = ""
    quoted: bool = False
    excludes: tuple[str, ...] = ()


def worth_telling(identifier: str, confidence: float) -> bool:
    """Whether people are told of a finding: what words as a whole tell (``*.prose``) may be likelier untrue than true.

    Such a guess only raises what is at stake.
    """
    return confidence >= _LIKELY or not identifier.endswith(".prose")


_NUMBERS = ("secret.", "money.card", "money.iban", "money.account", "person.id-number", "person.passport")


def quotes(identifier: str) -> bool:
    """Whether what is found under this id is itself what must not get about: a password, the number of a card."""
    return identifier.startswith(_NUMBERS) and not identifier.endswith(".prose")


@dataclass(frozen=True, slots=True)
class RecipientVerdict:
    """One recipient after policy. ``rule`` names the policy rule (or threshold) that decided.

    ``would`` is what that rule asked for when something milder was done: in watch mode, or because nobody
    can be asked (bounces, lists, machines); None when ``action`` is what the rule said.
    """

    address: Address
    action: Action
    probability: float
    meant: tuple[Address, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    rule: str = ""
    would: Action | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole message after policy; ``action`` is the most severe of the recipients' actions.

    ``split`` is true when recipients that pass go now and only the others wait. ``versions`` names the
    policy, weights and program versions so that the verdict can be recomputed from its record.
    """

    action: Action
    probability: float
    recipients: tuple[RecipientVerdict, ...]
    content: tuple[Finding, ...] = ()
    split: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def would(self) -> Action | None:
        """The most severe action a recipient's rule asked for and did not get; None when all got theirs."""
        return max((r.would for r in self.recipients if r.would), key=lambda action: action.severity, default=None)
