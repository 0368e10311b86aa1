"""``typo.domain`` and ``typo.tld``: the domain is a slip for another one.

Candidates, in this order: domains of the organisation's own history within two edits; two labels run together; the same
name under a top-level domain that is often confused with this one and to which the organisation writes; the same
mailbox and name under any other end, or with an end too many (``army.mil.ml``); the same mailbox below the domain typed
(``@mil``); well-known mail domains. Strength is
(log P(typed | meant) + log prior(meant) + 12) / 6, between 0 and 3.5. A domain somebody of which has answered is looked
at only where the address is new, and the very mailbox is the sender's correspondent in a domain one slip away that has
written five times as much or more. Never looked at is an address that writes and is written to, nor one that is well
known itself, unless the very mailbox is known under the other name. What never answers and is a slip itself for another
candidate is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList
from rapidfuzz.distance import OSA

from straymail.correspondence import History
from straymail.correspondence.channel import TLD_SLIPS, log_tld, log_typed
from straymail.correspondence.names import ROLES, tokens_of
from straymail.correspondence.well_known import FIRST, PARENTS, WELL_KNOWN, near_well_known
from straymail.evidence import Candidate, Signal
from straymail.message import (
    Address,
    domain_to_unicode,
    other_letters,
    public_suffix,
    readable_domain,
    readings,
    registrable,
)
from straymail.recipients.context import Context

_MOST = 3
_SAME_MAILBOX = 4.0
_OWN_BOOK = 2.0
_OWN_DOMAIN = 2.0
_FAMOUS = WELL_KNOWN | PARENTS
_FEW = 3  # messages to a top-level domain from which on a swap into it is thought of
_IMPOSSIBLE = 4.0
_RARER = 10  # times as much mail must go to the top-level domain meant as to the one typed
_LIVELIER = 5  # times as much must have come from the domain meant as from one that has answered
_FIRST_PRIOR = 5.5
_FAMOUS_PRIOR = 2.0
_OTHER_END = -8.5
_CLEAR = -10.5  # log P(typed | meant) of one slip that is not among the rarest
_CLEAREST = -8.9  # the same where the first letter differs, or two slips were made
_PARENT = 2.0
_MOST_LABELS = 5
_LEAST_LABEL, _MOST_LABEL = 2, 32  # letters of a label that may have been run together with the next
_SHORT = 5
_LIKELY = 2.0  # cost of a slip from which on an end says nothing by itself
_COMMON = frozenset(("com", "net", "org", "co", "de", "eu", "fr", "uk", "cc"))  # ends with much honest mail
_CROWDED = 1.5  # log-odds for each letter a name is shorter: short names lie close together by chance
_FLOOR = -14.0
_HOMOGRAPH = -6.0
_ONE_END = frozenset(("gmail", "icloud"))  # who has a mailbox there has it at .com
_SLIPPED = 2  # edits up to which a name that never answers may be a slip for one that does


def observe(context: Context, address: Address) -> Iterator[Signal]:
    """The best explanation of the domain as a slip, whether it is a clear one, and what its end alone says."""
    history, typed = context.history, address.domain
    if typed.startswith("[") or history.is_own(typed):
        return
    person = history.person(address.person)
    wrote = person is not None and person.sent > 0
    if wrote and history.answers(address.person):
        return
    found: Iterable[tuple[str, float]] = _scored(context, address)
    sisters = frozenset[str]()
    if history.domain_answers(typed):
        sisters = frozenset() if wrote else _sisters(context, address)
        if not sisters:
            return
        found = (each for each in found if each[0] in sisters)
    elif wrote:  # nobody asked it to: only the very mailbox under another name makes it suspect
        found = (each for each in found if history.answers(f"{address.local.lower()}@{each[0]}"))
    else:
        yield from _end(context, typed)
    ranked = _without_slips(context, sorted(found, key=lambda each: (-each[1], each[0])))
    ranked = [each for each in ranked if _end_too_many(context, typed, each[0])] or ranked[:_MOST]
    if not ranked:
        return
    best, score = ranked[0]
    swapped = best.rpartition(".")[0] == typed.rpartition(".")[0]
    strength = min(3.5, (score + 12.0) / 6.0)
    if strength <= 0:
        return
    meant = tuple(
        Candidate(Address(address.local, name), points)
        for name, points in ranked
        if name == best or not (_usual(context, best) and _made_up(context, name))
    )
    kind = "typo.tld" if swapped else "typo.domain"
    if sisters or _clear(context, typed, best):
        itself = "seldom" if sisters else "never answering" if history.knows_domain(typed) else "unknown"
        yield Signal("typo.clear", 1.0, "", f"one likely slip away from {domain_to_unicode(best)}, and {itself} itself")
    told = f"{domain_to_unicode(typed)} for {domain_to_unicode(best)}"
    yield Signal(kind, strength, _text(context, typed, best), told, meant)


def _sisters(context: Context, address: Address) -> frozenset[str]:
    """Domains one slip away from which far more came, in which the sender has a correspondent of this very mailbox."""
    history, mailbox = context.history, address.local.lower()
    if mailbox in ROLES or address.person in context.author[1]:
        return frozenset()
    named = {other for token in tokens_of(mailbox) for other in context.namesakes(token)}
    known = {other.rpartition("@")[2] for other in named if other.startswith(f"{mailbox}@") and history.answers(other)}
    least = _LIVELIER * max(1, _written(history, address.domain))
    return frozenset(
        name for name in known if _written(history, name) >= least and log_domain(address.domain, name) >= _CLEAR
    )


def _written(history: History, name: str) -> int:
    """Messages from a domain."""
    known = history.domain(name)
    return known.sent if known else 0


def _end(context: Context, typed: str) -> Iterator[Signal]:
    """``tld.impossible``: no such end exists. ``tld.confusion``: a slip for an end that is written to all the time."""
    history, tld = context.history, typed.rpartition(".")[2]
    if typed == "localhost":
        return  # mail to it arrives, on the machine itself
    if "." not in typed and real_suffix(typed):
        text = f"Nobody has mail at .{tld} itself; something is missing before it."
        yield Signal("tld.impossible", 1.0, text, f"{typed} is an end and no domain")
        return
    if not real_suffix(typed):
        yield Signal("tld.impossible", 1.0, f"There is no .{tld}; mail to {typed} cannot arrive.", f".{tld} is no TLD")
        return
    if public_suffix(typed) != tld:
        return  # co.il, gov.om: nobody types two labels for one
    for meant in _swaps(tld):
        cost = TLD_SLIPS[meant][tld]
        if tld not in _COMMON and cost <= _LIKELY and history.suffix(meant) >= max(_FEW, _RARER * history.suffix(tld)):
            text = f"Your organisation writes to .{meant} addresses; .{tld} is one slip away from that."
            yield Signal("tld.confusion", 1.0, text, f".{tld} for .{meant}")
            return


def _without_slips(context: Context, ranked: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The candidates without those that never answer and are slips themselves for one that does."""
    usual = [name for name, _ in ranked if _usual(context, name)]
    return [each for each in ranked if each[0] in usual or not any(_near(each[0], name) for name in usual)]


def _near(name: str, other: str) -> bool:
    return OSA.distance(name, other, score_cutoff=_SLIPPED) <= _SLIPPED


def _made_up(context: Context, name: str) -> bool:
    """Whether nobody here knows a domain, nor the world: it is but what a slip would have been for."""
    return not (_usual(context, name) or context.history.knows_domain(name))


def _usual(context: Context, name: str) -> bool:
    """Whether a domain answers, is our own or is well known."""
    history = context.history
    return history.domain_answers(name) or history.is_own(name) or bool(_FAMOUS & {name, registrable(name)})


def _end_too_many(context: Context, typed: str, name: str) -> bool:
    """Whether a name that answers was written whole, with an end after it: then nothing else was meant."""
    return typed.startswith(f"{name}.") and context.history.domain_answers(name)


def _clear(context: Context, typed: str, best: str) -> bool:
    """One likely slip from a domain that answers or is well known (or lies beside such), by a name nobody has."""
    history = context.history
    if _wrong_end(typed, best):
        return True
    lost = _lost_dot(typed, best)
    known = lost or _usual(context, best)
    unknown = not history.domain_answers(typed) and (lost or not WELL_KNOWN & {typed, registrable(typed)})
    unknown = unknown and not _common_end(typed, best)
    shown, usual = domain_to_unicode(typed), domain_to_unicode(best)
    least = _CLEAR if shown[0] == usual[0] and OSA.distance(shown, usual, score_cutoff=1) <= 1 else _CLEAREST
    alone = _crowding(typed, best) == 0 or best in FIRST  # gmal.com is nobody's but by chance
    return known and unknown and alone and log_domain(typed, best) >= least


def _wrong_end(typed: str, best: str) -> bool:
    """Whether the name is one that has mailboxes at a single end, and the end another."""
    label = best.partition(".")[0]
    return label in _ONE_END and best in FIRST and registrable(typed) == typed and typed.partition(".")[0] == label


def _common_end(typed: str, best: str) -> bool:
    """Whether the names differ by an end that is common in itself: firms own their name under several."""
    rest, _, tld = typed.rpartition(".")
    meant, _, end = best.rpartition(".")
    return rest == meant and tld in _COMMON and TLD_SLIPS.get(end, {}).get(tld, _LIKELY + 1) > _LIKELY


def _text(context: Context, typed: str, best: str) -> str:
    history, shown, usual = context.history, domain_to_unicode(typed), domain_to_unicode(best)
    if other_letters(typed, best):
        return f"{readable_domain(typed)} only looks like {usual}: some of its letters are of another alphabet."
    if history.domain_answers(typed):
        return f"Far more mail comes from {usual} than from {shown}, and the two look much the same."
    if history.is_own(best):
        return f"{usual} is your organisation's own domain, and {shown} looks much like it."
    if history.knows_domain(best) and history.knows_domain(typed):
        return f"Nobody at {shown} has ever answered; {usual} looks much the same, and is known."
    if history.knows_domain(best):
        return f"{shown} looks much like {usual}, which your organisation knows."
    if best in _FAMOUS:
        return f"{shown} looks much like {usual}, which is far more usual."
    return _guessed(shown, usual)


def _guessed(shown: str, usual: str) -> str:
    """About a domain that nobody here knows: it is only what the slip would have been for."""
    rest, _, end = usual.rpartition(".")
    if rest == shown.rpartition(".")[0]:
        return f"Mail from here goes to .{end} far more often than to .{shown.rpartition('.')[2]}: perhaps {usual}?"
    if _lost_dot(shown, usual):
        return f"A dot may be missing in {shown}: perhaps {usual}?"
    return f"{shown} is new to your organisation: perhaps {usual}?"


def _scored(context: Context, address: Address) -> Iterator[tuple[str, float]]:
    history, typed = context.history, address.domain
    impossible = _IMPOSSIBLE if not real_suffix(typed) else 0.0
    famous = bool(_FAMOUS & {typed, registrable(typed)})
    others = (*_other_ends(context, address), *_below(context, address))
    for name in dict.fromkeys((*_candidates(context, typed), *others)):
        if name == typed:
            continue
        slip = max(log_domain(typed, name), _OTHER_END) if name in others else log_domain(typed, name)
        if name in FIRST and name.partition(".")[0] == typed.partition(".")[0]:
            slip = max(slip, _OTHER_END)  # whoever types gmail means gmail, whatever the end
        points = slip + _prior(context, address, name) + impossible + _crowding(typed, name)
        same = history.person(f"{address.local.lower()}@{name}") is not None
        if points > _FLOOR and (same or not famous or _lost_dot(typed, name)):
            yield name, points


def _other_ends(context: Context, address: Address) -> tuple[str, ...]:
    """The domain without an end too many; domains of its name under other ends in which this very mailbox is known."""
    history, mailbox = context.history, address.local.lower()
    rest = address.domain.rpartition(".")[0]
    known = "." not in public_suffix(address.domain) and (history.domain_answers(rest) or rest in _FAMOUS)
    shorter = (rest,) if known else ()
    if mailbox in ROLES or address.person in context.author[1]:
        return shorter  # who is answered was not mistyped
    label = registrable(address.domain).partition(".")[0]
    called = [*history.called(label), *_same_but_end(history, address.domain)]
    return (*shorter, *(name for name in called if history.person(f"{mailbox}@{name}") is not None))


def _same_but_end(history: History, typed: str) -> Iterator[str]:
    """Domains that are the same up to the last label (``hill.nhs.uk`` for ``hill.nhs.net``)."""
    rest = typed.rpartition(".")[0]
    for label in rest.split(".")[:_MOST_LABELS] if "." in rest else ():
        yield from (name for name in history.called(label) if name.rpartition(".")[0] == rest)


def _below(context: Context, address: Address) -> Iterator[str]:
    """Domains below the one typed in which the sender knows this very mailbox: labels were left out."""
    mailbox, end = address.local.lower(), f".{address.domain}"
    if mailbox not in ROLES:
        for token in tokens_of(mailbox):
            for other in context.namesakes(token):
                if other.startswith(f"{mailbox}@") and other.endswith(end):
                    yield other.rpartition("@")[2]


def _candidates(context: Context, typed: str) -> Iterable[str]:
    history = context.history
    for name, _ in history.near_domains(typed):
        if not history.knows_domain(name) or history.is_own(name) or _established(context, name):
            yield name
    base = registrable(typed)
    if base != typed:
        sub = typed.removesuffix(base)
        yield from (sub + name for name, _ in history.near_domains(base))
        yield from (sub + name for name in near_well_known(base))
    yield from _merged(history, typed)
    rest, _, tld = typed.rpartition(".")
    label = rest.partition(".")[0]
    if f"{rest}.com" in FIRST or _wrong_end(typed, f"{label}.com"):
        yield f"{label}.com"
    for meant in _swaps(tld) if public_suffix(typed) == tld else ():
        usual = history.suffix(meant) >= max(_FEW, _RARER * history.suffix(tld)) or not real_suffix(typed)
        usual = usual or f"{rest}.{meant}" in PARENTS
        if usual and not rest.endswith(f".{meant}"):  # army.mil.ml is no slip for army.mil.mil
            yield f"{rest}.{meant}"
    yield from _read_alike(history, typed)
    yield from near_well_known(domain_to_unicode(typed))


def _read_alike(history: History, typed: str) -> Iterator[str]:
    """Names that this one may be read as, or that are written like it by who lacks their letters."""
    for reading in readings(typed):
        label = registrable(reading).partition(".")[0]
        yield from (name for name in history.called(label) if _homograph(typed, name))
        if reading in WELL_KNOWN or (reading.isascii() and history.knows_domain(reading)):
            yield reading


def _homograph(typed: str, meant: str) -> bool:
    """Whether two names may be read, or are written, as the same one."""
    return not set(readings(typed)).isdisjoint(readings(meant))


def _merged(history: History, typed: str) -> Iterator[str]:
    """Two labels run together (``usarmy.mil``): names below a parent of which domains below it are known."""
    if history.knows_domain(typed) or typed in _FAMOUS:
        return
    labels = typed.split(".")
    for place, label in enumerate(labels[:_MOST_LABELS]):
        before, end = "".join(f"{each}." for each in labels[:place]), ".".join(labels[place + 1 :])
        if not end or f"{label}.{end}" in PARENTS or history.knows_domain(f"{label}.{end}"):
            continue
        for at in range(_LEAST_LABEL, min(_MOST_LABEL, len(label) - _LEAST_LABEL) + 1):
            parent = f"{label[at:]}.{end}"
            below = at <= _SHORT and any(name.endswith(f".{parent}") for name in history.called(label[at:]))
            if (below or parent in PARENTS) and label[at - 1] != "-":
                yield f"{before}{label[:at]}.{parent}"


def _lost_dot(typed: str, name: str) -> bool:
    """Whether nothing but one dot was lost."""
    return len(name) == len(typed) + 1 and name.replace(".", "") == typed.replace(".", "")


def _prior(context: Context, address: Address, name: str) -> float:
    history = context.history
    known = history.domain(name)
    points = math.log1p(known.received + 3 * known.answered) if known else 0.0
    if not known:
        points = min(3.0, 0.5 * math.log1p(history.suffix(name.rpartition(".")[2])))
        if WELL_KNOWN & {name, registrable(name)}:
            points = _FIRST_PRIOR if name in FIRST else _FAMOUS_PRIOR
        points += _PARENT if registrable(name) in PARENTS else 0.0
        points += 1.0 if history.knows_domain(registrable(name)) else 0.0
    key = f"{address.local.lower()}@{name}"
    if history.person(key) and address.local.lower() not in ROLES:
        points += _SAME_MAILBOX + (_OWN_BOOK if context.tie(key) > 0 else 0.0)
    return points + (_OWN_DOMAIN if history.is_own(name) else 0.0)


def _established(context: Context, name: str) -> bool:
    """Somebody in the domain answered, writes, or it is written to more than once: it is no fresh slip itself."""
    if context.history.domain_answers(name):
        return True
    known = context.history.domain(name)
    return known is not None and (known.sent > 0 or known.received > 1)


def _crowding(typed: str, meant: str) -> float:
    if typed.rpartition(".")[0] == meant.rpartition(".")[0]:
        return 0.0
    label = max(typed.rpartition(".")[0].split("."), key=len, default="")
    return -_CROWDED * max(0, _SHORT - len(label))


@cache
def _swaps(tld: str) -> tuple[str, ...]:
    return tuple(meant for meant, typed in TLD_SLIPS.items() if tld in typed and meant != tld)


@cache
def _strict() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=8_192)
def real_suffix(domain: str) -> bool:
    """Whether the domain ends in a public suffix that exists (by the shipped list) or is reserved for examples."""
    if domain.rpartition(".")[2] in ("example", "test", "invalid", "localhost", "local", "internal", "lan", "mil"):
        return True
    return _strict().publicsuffix(domain) is not None


@lru_cache(maxsize=65_536)
def log_domain(typed: str, meant: str) -> float:
    """Log P(typed | meant) for whole domain names: by name and top-level domain, or as one string (lost dots)."""
    homograph = _HOMOGRAPH if _homograph(typed, meant) else -99.0
    typed, meant = domain_to_unicode(typed), domain_to_unicode(meant)
    whole = log_typed(typed, meant)
    rest, _, tld = typed.rpartition(".")
    meant_rest, _, meant_tld = meant.rpartition(".")
    if not rest or not meant_rest:
        return whole
    if rest == meant_rest and tld not in TLD_SLIPS.get(meant_tld, ()) and real_suffix(typed):
        return min(log_tld(tld, meant_tld), _OTHER_END)  # .de is no slip for .edu: it is another country
    return max(whole, log_typed(rest, meant_rest) + log_tld(tld, meant_tld), homograph)
