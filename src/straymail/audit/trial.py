"""A replay with strays put in: what the fit learns from and what the benches count.

Every message of the organisation's senders is judged untouched. Beside it a copy with one recipient replaced (or one
added) is judged with the same history and never learned. So untouched and altered messages come from one stream and
one history, and far more strays can be tried than one per 200 messages. A slip is made only of a known correspondent.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from straymail.audit.archived import taught
from straymail.audit.inject import KINDS, LISTS
from straymail.audit.replay import Judged, judge
from straymail.correspondence import Correspondence
from straymail.evidence import Assessment
from straymail.message import Address, Message
from straymail.verdict import Weights

_MOST_RECIPIENTS = 15


@dataclass(frozen=True, slots=True)
class Case:
    """One judged message: untouched (``kind`` is "") or with one stray, which is ``assessments[0]``."""

    kind: str
    time: float
    assessments: tuple[Assessment, ...]
    right: str = ""
    added: bool = False
    message_id: str = ""
    sender: str = ""

    @property
    def probability(self) -> float:
        """The most suspect recipient's."""
        return max(each.probability for each in self.assessments)

    @property
    def suggested(self) -> bool:
        """Whether the right address is the first suggestion for the stray."""
        meant = self.assessments[0].meant
        return bool(meant) and meant[0].address.person == self.right


@dataclass
class Trial:
    """Settings: strays of each kind once in ``every`` messages, in turn; ``adding`` leaves the right one in place."""

    history: Correspondence
    weights: Weights
    since: datetime
    every: int = 3
    seed: int = 2026
    kinds: Sequence[str] = field(default_factory=lambda: tuple(KINDS))
    adding: bool = False

    def run(self, messages: Iterable[Message]) -> Iterator[Case]:
        """Cases in time order: each untouched message, followed by its altered copy where there is one."""
        chance = random.Random(self.seed)  # noqa: S311  (an experiment to be repeated)
        own = self.history.own_domains
        count = 0
        for message in messages:
            if self._due(message):
                judged = judge(self.history, self.weights, message)
                if judged.assessments:
                    count += 1
                    yield self._case("", judged)
                    if self.kinds and count % self.every == 0:
                        yield from self._altered(
                            message, judged, self.kinds[count // self.every % len(self.kinds)], chance
                        )
            self.history.observe(taught(message, own))

    def _due(self, message: Message) -> bool:
        if not message.from_ or message.date is None or message.automatic or message.list_id:
            return False
        return message.date >= self.since and self.history.is_own(message.from_[0].address.domain)

    def _altered(self, message: Message, judged: Judged, kind: str, chance: random.Random) -> Iterator[Case]:
        sender = message.from_[0].address.person
        known = [each for each in judged.envelope.recipients if self.history.pair(sender, each.person)]
        if not known or len(judged.envelope.recipients) > _MOST_RECIPIENTS:
            return
        right = chance.choice(known)
        wrong = (KINDS | LISTS)[kind](self.history, sender, right, chance)
        if wrong is None or wrong.person in {each.person for each in judged.envelope.recipients} | {sender}:
            return
        others = [each for each in judged.envelope.recipients if self.adding or each != right]
        yield self._case(kind, judge(self.history, self.weights, message, (wrong, *others)), right, self.adding)

    def _case(self, kind: str, judged: Judged, right: Address | None = None, added: bool = False) -> Case:
        date = judged.message.date
        time = date.timestamp() if date else 0.0
        sender = str(judged.envelope.sender or "")
        person = right.person if right else ""
        return Case(kind, time, judged.assessments, person, added, judged.message.message_id, sender)
