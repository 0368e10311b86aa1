"""What is at stake for one recipient: where content and recipient meet.

Three things come of it:

- **excluded**: the content itself excludes this recipient (NOFORN to an address abroad). Right mail hardly ever does
  that, so it is evidence of a stray as well as a reason to fear one.
- **first contact with sensitive content**: people rarely begin an acquaintance with something sensitive, and hardly
  ever with a marked or registered document, so the two together are more suspect than each alone.
- **expected loss** = probability x cost, in the unit "one ordinary stray": see ``policy.Costs``.

The weights are log-odds (natural log), as in the weights file. They are judgements, not fits: no archive at hand
holds enough marked mail. 3.0 says "twenty times commoner in strays than in right mail"; 1.5 says "four times".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from straymail.evidence import Assessment, Evidence, Finding, Sensitivity
from straymail.frozen import dataclass
from straymail.message import Address, country_tld
from straymail.verdict.policy import Policy

EXCLUDED_WEIGHT = 3.0
FIRST_CONTACT_WEIGHTS = {Sensitivity.ELEVATED: 0.75, Sensitivity.HIGH: 1.5, Sensitivity.SEVERE: 2.25}
MARKED_WEIGHT = 2.0
"""Factor for content that carries its own warning: a protective marking, or the organisation's own list."""
FIRST_CONTACT_IDS = frozenset({"newcomer", "newcomer.domain"})
"""Evidence ids that say: nobody here has written to this recipient before."""

_MIN_CONFIDENCE = 0.5
_GENERIC_COUNTRY = {"mil": "US", "gov": "US"}
_ORGANISATIONS = {"nato.int": "NATO", "europa.eu": "EU"}


@dataclass(frozen=True, slots=True)
class Stakes:
    """One recipient with everything a rule may look at; not ``complete`` before the message is known (RCPT TO)."""

    assessment: Assessment
    complete: bool
    excluded: bool
    external: bool
    outside_country: bool
    first_contact: bool
    cost: float

    @property
    def address(self) -> Address:
        """The recipient."""
        return self.assessment.address

    @property
    def probability(self) -> float:
        """Probability of a stray, content evidence included."""
        return self.assessment.probability

    @property
    def loss(self) -> float:
        """Expected loss: probability x cost."""
        return self.probability * self.cost


def weigh(policy: Policy, assessment: Assessment, findings: Sequence[Finding] | None, cost: float) -> Stakes:
    """Put recipient and content together under a policy.

    ``findings`` is None at RCPT TO; ``cost`` is ``content_cost`` of the findings, the same for every recipient.
    """
    found = findings or ()
    domain = assessment.address.domain
    external = not policy.organisation.is_own(domain)
    country = country_of(domain)
    outside = bool(external and country and policy.organisation.country not in ("", country))
    first = any(item.id in FIRST_CONTACT_IDS for item in assessment.evidence)
    against = [
        finding
        for finding in found
        if finding.excludes
        and (excludes(finding, domain) or (external and (_elsewhere(finding, domain) or (first and _closed(finding)))))
    ]
    assessment = _with_content(assessment, against, found if first and external else ())
    cost *= policy.costs.outside_country if outside else 1.0
    cost *= policy.costs.excluded if against else 1.0
    return Stakes(assessment, findings is not None, bool(against), external, outside, first, cost)


def country_of(domain: str) -> str:
    """ISO 3166 alpha-2 of a domain: its ccTLD, or US for .mil and .gov; "" when the name does not tell."""
    return _GENERIC_COUNTRY.get(domain.rpartition(".")[2]) or country_tld(domain)


def audience_of(domain: str) -> str:
    """The domain's country or international organisation (NATO, EU, INT for others); "" when the name does not tell."""
    organisation = _ORGANISATIONS.get(".".join(domain.rsplit(".", 2)[-2:]))
    return organisation or ("INT" if domain.endswith(".int") else country_of(domain))


def excludes(finding: Finding, domain: str) -> bool:
    """Whether a finding says that its content is not for this domain's country or international organisation.

    ``XX`` excludes that country; ``!XX`` entries together name the only ones allowed. A domain that shows no
    country (.com) is never excluded: unknown is not proof.
    """
    audience = audience_of(domain)
    if not audience or not finding.excludes or finding.confidence < _MIN_CONFIDENCE:
        return False
    allowed = {code[1:] for code in finding.excludes if code.startswith("!") and not code.startswith("!.")}
    return audience in finding.excludes or bool(allowed and audience not in allowed)


def _elsewhere(finding: Finding, domain: str) -> bool:
    """Whether ``!.gov`` entries name the only domains allowed, and this is none of them."""
    allowed = tuple(code[1:] for code in finding.excludes if code.startswith("!."))
    return bool(allowed) and finding.confidence >= _MIN_CONFIDENCE and not f".{domain}".endswith(allowed)


def _closed(finding: Finding) -> bool:
    """Whether a finding says that its content is for nobody new (RECIPIENTS ONLY, TLP:RED)."""
    return "new" in finding.excludes and _counts(finding)


def content_cost(policy: Policy, findings: Sequence[Finding]) -> float:
    """Cost of the message's content: that of its dearest finding, uncertain and quoted ones counting for less."""
    ordinary = policy.costs.none
    return max((_cost(policy, finding, ordinary) for finding in findings), default=ordinary)


def _cost(policy: Policy, finding: Finding, ordinary: float) -> float:
    share = finding.confidence * (policy.costs.quoted if finding.quoted else 1.0)
    return max(ordinary, ordinary + (policy.costs.of(finding.sensitivity) - ordinary) * share)


def _with_content(assessment: Assessment, against: Sequence[Finding], newcomer: Sequence[Finding]) -> Assessment:
    evidence: list[Evidence] = []
    if against:
        names = ", ".join(sorted({finding.text or finding.id for finding in against}))
        evidence.append(
            Evidence(
                "content.excludes",
                EXCLUDED_WEIGHT,
                1.0,
                "The message is marked as not meant for this reader or this address's country.",
                f"content excludes the recipient or their country: {names}",
            )
        )
    weight, worst = max((_first_contact(each) for each in newcomer if _counts(each)), default=(0.0, Sensitivity.NONE))
    if weight:
        evidence.append(
            Evidence(
                "content.first-contact",
                weight,
                float(worst),
                "This would be the first message to this address, and it holds something sensitive.",
                f"{worst} content to a first contact",
            )
        )
    if not evidence:
        return assessment
    shift = sum(item.weight for item in evidence)
    probability = shifted(assessment.probability, shift)
    return replace(assessment, probability=probability, evidence=(*assessment.evidence, *evidence))


def _first_contact(finding: Finding) -> tuple[float, Sensitivity]:
    marked = finding.id.startswith(("marking.", "own."))
    weight = FIRST_CONTACT_WEIGHTS.get(finding.sensitivity, 0.0)
    return weight * (MARKED_WEIGHT if marked else 1.0), finding.sensitivity


def _counts(finding: Finding) -> bool:
    return not finding.quoted and finding.confidence >= _MIN_CONFIDENCE


def shifted(probability: float, log_odds: float) -> float:
    """The probability after adding ``log_odds`` (natural log) to its odds; 0 and 1 stay."""
    if probability <= 0 or probability >= 1:
        return probability
    odds = probability / (1 - probability) * math.exp(log_odds)
    return odds / (1 + odds)
