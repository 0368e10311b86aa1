"""``rival``: how well the recipient fits this message, beside the sender's contacts who look like him.

Wrong autocompletion and confusion put one contact in the place of another that looks alike. Rivals are the sender's
other contacts with a name token in common or one slip away from it (Fisher and Fischer), or else the same two first
letters, who are not addressed; a list, which has more words in its name than people have, has lists for rivals. They
are at most ``_MOST_RIVALS``, those first whom the message evidently concerns (thread, quoted text, names), then the
closest. Whoever a slip detector suggests is a rival as well (kind ``slip``), so that what speaks for him (a quoted
name) does not clear the misspelt address; beyond 20 recipients nobody else is looked for. Each is described by
``evidence.PARTS``, and so is the recipient; the weights file says what a part is worth, and ``verdict.combine``
compares: log(sum over rivals of exp(fit) + exp(nobody)) - fit of the recipient, the noisy channel with a learned prior.

The idea of comparing is Google's "Got the Wrong Bob?" (Roth et al., KDD 2010); topic and group are those of Carvalho
and Cohen (SDM 2007). One person under another address is no rival, but one full name inside and outside is two people,
and so are Susan R. and Susan M.; the same name at two firms that both write may be.

``author.namesake`` is 1 when the message answers somebody by name and address, and goes to one of that name who is
outside where the other is inside, or the other way round, or has another initial. ``thread.namesake`` is 1 when it
answers in a conversation in which the recipient took no part, and somebody of (nearly) both his names did, who is not
addressed: Jon Smith is answered in the place of John Smith. ``namesake.both`` is 0..1: the
recipient is new to the sender and has (nearly) first name and surname of a closer one, and neither a slip nor a contact
of that very name explains it; ``namesake.elsewhere`` log(1 + messages others sent to such a recipient), at most 4: a
namesake is usually somebody's correspondent, so that clears less than it would else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice

from rapidfuzz.distance import OSA

from straymail.correspondence.names import initials_of, tokens_of, told_apart
from straymail.evidence import PARTS, Candidate, Comparison, Rival, Signal
from straymail.message import Address
from straymail.recipients.context import Context
from straymail.recipients.parts import parts
from straymail.recipients.salutation import Called

_BARE = str.maketrans("", "", ".-_")
_MOST_LETTERS = 6
_SLIP = 0.9  # likeness of two tokens one slip apart
_SHORTEST = 5
_LONG = 6  # letters of a mailbox from which on one slip leaves it recognisable
_LOOKED_AT = 60
_MOST_NAMESAKES = 5_000
_MOST_RIVALS = 6
_TYPED = 20  # recipients of a message; longer lists are expanded or pasted, not typed one by one
_MOST_ELSEWHERE = 4.0
_BOTH_NAMES = 0.8
_NAMES = (2, 3)
_MOST_NAMES = 3
_LISTED = 0.5  # likeness of two lists: names in common say more of people than words of lists
_MADE_UP = "="  # an export's own name for a mailbox (X.500), not one that is typed
_MOST_SLIPS = 3
_SAME_ELSEWHERE = 0.5  # likeness of one name inside and outside: not so alike that it must be the same person
_AUTHOR, _THREAD = list(PARTS).index("author"), list(PARTS).index("thread")


def observe(context: Context, address: Address, slips: Sequence[Candidate] = ()) -> Iterator[Signal]:
    """The comparison, and whether a first contact has both names of a closer one; ``slips`` are rivals too."""
    if not context.sender:
        return
    key = address.person
    typed = len(context.recipients) <= _TYPED
    meant = {each.address.person: ("slip", 1.0) for each in slips[:_MOST_SLIPS]}
    meant = {other: found for other, found in meant.items() if other not in context.addressed}
    alike = [(other, *found) for other, found in meant.items()]
    looks = list(_alike(context, address, meant)) if typed else []
    if looks:
        context.ties([key for key, _, _ in looks])
        looks.sort(key=lambda each: (-_promise(context, each[0]), each[0]))
        alike += looks[: _MOST_RIVALS - len(alike)]
    rivals = tuple(
        Rival(_candidate(context, other), kind, likeness, parts(context, other, key)) for other, kind, likeness in alike
    )
    yield Signal("rival", 1.0, compared=Comparison(parts(context, key, key), rivals))
    yield from _answered_namesake(context, address, rivals)
    yield from _thread_namesake(context, address, rivals)
    if context.to(key) or context.back(key) or _explained(context, address, slips):
        return
    namesakes = [each for each in looks if each[1] == "namesake"]
    closest = max(namesakes, key=lambda each: (each[2], context.tie(each[0])), default=None)
    if closest is not None:
        yield from _both_names(context, address, closest[0], closest[2])


def _explained(context: Context, address: Address, slips: Sequence[Candidate]) -> bool:
    """Whether the very mailbox is meant elsewhere, or a contact of the sender bears just this name."""
    if any(each.address.local.lower() == address.local.lower() for each in slips[:1]):
        return True
    mine = set(tokens_of(address.local))
    known = set(chain.from_iterable(map(context.namesakes, mine)))
    return any(set(context.history.words(other)) == mine for other in known - {address.person})


def _answered_namesake(context: Context, address: Address, rivals: Sequence[Rival]) -> Iterator[Signal]:
    """The message answers somebody by name and address, and goes to the same name elsewhere, who is another."""
    history = context.history
    for rival in rivals:
        other = rival.candidate.address
        if not rival.parts[_AUTHOR] or not context.author[1]:
            continue
        apart = history.is_own(other.domain) is not history.is_own(address.domain) or told_apart(
            _initials(context, address.person), _initials(context, other.person)
        )
        words = history.words(address.person).union(tokens_of(address.local))
        if apart and history.words(other.person) <= words:
            text = f"You are answering {other.readable}; {address.readable} is another address of that name."
            yield Signal("author.namesake", 1.0, text, f"answers {other}", (rival.candidate,))
            return


def _thread_namesake(context: Context, address: Address, rivals: Sequence[Rival]) -> Iterator[Signal]:
    """The message answers in a conversation of somebody of nearly this name, and goes to the recipient instead."""
    if address.person in context.thread or not context.answering:
        return
    greeted = bool(context.greeted) and context.called(address.person) is Called.YES
    for rival in rivals:
        other = rival.candidate.address
        if greeted and context.called(other.person) is not Called.YES:
            continue  # "Hi Jon" is for Jon
        if rival.parts[_THREAD] and rival.kind != "slip" and _mistakable(address, other, rival.likeness):
            text = f"{other.readable} took part in this conversation; {address.readable} only looks much the same."
            yield Signal("thread.namesake", 1.0, text, f"{other} took part", (rival.candidate,))
            return


def _mistakable(address: Address, other: Address, likeness: float) -> bool:
    """Whether two people have nearly both names in common, or mailboxes one slip apart (jon.smith, john.smith)."""
    local, meant = address.person.partition("@")[0], other.person.partition("@")[0]
    if local.translate(_BARE) == meant.translate(_BARE):
        return False  # the same name elsewhere: one person, mostly
    if min(len(local), len(meant)) >= _LONG and OSA.distance(local, meant, score_cutoff=1) <= 1:
        return True
    return likeness >= _BOTH_NAMES and len(tokens_of(local)) in _NAMES


def _promise(context: Context, key: str) -> float:
    """How likely it is that a rival fits, at a glance; who is looked at closely is chosen by it."""
    evident = (key in context.thread) + context.names_any(context.history.words(key))
    return 10.0 * evident + math.log1p(context.tie(key))


def _alike(context: Context, address: Address, known: Iterable[str]) -> Sequence[tuple[str, str, float]]:
    """(key, kind, likeness) of the sender's other contacts that look like the recipient; a list looks like a list.

    At most ``_LOOKED_AT``, the closest, those with a name in common before those with the same first letters.
    """
    key = address.person
    listed, inside = _is_list(key), context.history.is_own(address.domain)
    if _MADE_UP in key:
        return ()
    mine = tuple(dict.fromkeys((*tokens_of(address.local), *(() if listed else tokens_of(context.name_of(key))))))
    passed = {*known, *context.addressed, *context.history.same(key)}
    looks: list[tuple[str, str, float]] = []
    for other in _closest(context, chain.from_iterable(map(context.namesakes, mine))):
        if other in passed:
            continue
        passed.add(other)
        likeness = 1.0
        if _is_list(other) is listed and _MADE_UP not in other:
            likeness = _LISTED if listed else _likeness(mine, tuple(context.history.words(other)))
            if likeness == 1 and len(mine) > 1 and _another(context, key, other, inside):
                likeness = _SAME_ELSEWHERE
        if likeness < 1:
            looks.append((other, "namesake", likeness))
    begin = () if listed else context.history.beginning(context.sender, key.partition("@")[0])
    begin = _closest(context, (other for other in begin if other not in passed and not _is_list(other)))
    begin = begin[: _LOOKED_AT - len(looks)]
    return (*looks, *((other, "prefix", _shared_letters(key, other)) for other in begin))


def _closest(context: Context, keys: Iterable[str]) -> Sequence[str]:
    """At most ``_LOOKED_AT`` of these, the closest."""
    known = list(dict.fromkeys(islice(keys, _MOST_NAMESAKES)))
    if len(known) <= _LOOKED_AT:
        return known
    ties = dict(zip(known, context.ties(known), strict=True))
    return sorted(known, key=lambda other: (-ties[other], other))[:_LOOKED_AT]


def _another(context: Context, key: str, other: str, inside: bool) -> bool:
    """Whether the same name at another address is, or may be, another person."""
    history = context.history
    if told_apart(_initials(context, key), _initials(context, other)):
        return True
    if key in context.author[1]:
        return False
    domain = other.rpartition("@")[2]
    if history.is_own(domain) is not inside:
        return True
    if domain == key.rpartition("@")[2] and context.person(key) is None:
        return not inside  # fisher.mark@ for mark.fisher@
    return not inside and history.answers(key) and history.answers(other)


def _initials(context: Context, key: str) -> frozenset[str]:
    return initials_of(key.partition("@")[0]) | initials_of(context.name_of(key))


@lru_cache(maxsize=65_536)
def _is_list(key: str) -> bool:
    """Whether a local part has more words in it than people have names: a list, a machine."""
    return len(tokens_of(key.partition("@")[0])) > _MOST_NAMES


def _likeness(mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    """Share of name tokens in common, those one slip apart nearly counting; 1: the same name, 0: nothing to compare."""
    if not mine or not theirs or set(mine) == set(theirs):
        return 1.0 if mine and theirs else 0.0
    left, points = list(theirs), 0.0
    for token in mine:
        best = max(left, key=lambda other: _alikeness(token, other), default="")
        if best and (points_here := _alikeness(token, best)):
            points += points_here
            left.remove(best)
    return min(0.99, points / max(len(mine), len(theirs)))


def _shared_letters(a: str, b: str) -> float:
    """Length of the common beginning, marks left out, 6 letters and more being 1."""
    a, b = _beginning(a[:20]), _beginning(b[:20])
    if a == b:
        return 1.0
    shared = 0
    while a[shared : shared + 1] == b[shared : shared + 1]:
        shared += 1
    return shared / _MOST_LETTERS


@lru_cache(maxsize=65_536)
def _beginning(key: str) -> str:
    return "".join(filter(str.isalnum, key))[:_MOST_LETTERS]


def _alikeness(a: str, b: str) -> float:
    if a == b:
        return 1.0
    near = min(len(a), len(b)) >= _SHORTEST and OSA.distance(a, b, score_cutoff=1) <= 1
    return _SLIP if near else 0.0


def _candidate(context: Context, key: str) -> Candidate:
    return Candidate(Address.of(key), -10.0 + math.log1p(context.tie(key)), context.name_of(key))


def _both_names(context: Context, address: Address, rival: str, likeness: float) -> Iterator[Signal]:
    closer = math.log1p(context.tie(rival)) / 2.0
    if likeness < _BOTH_NAMES or not closer:
        return
    if any(len(tokens_of(each.partition("@")[0])) not in _NAMES for each in (address.person, rival)):
        return
    other = Address.of(rival)
    yield Signal(
        "namesake.both",
        min(1.0, closer),
        f"You write to {context.name_of(rival) or other.readable} much more often than to {address.readable}, "
        "and the names are alike.",
        "new to the sender, and both names are those of a closer one",
        (Candidate(other, closer - 10.0, context.name_of(rival)),),
    )
    person = context.person(address.person)
    if person and person.received:
        strength = min(1.0, closer) * min(_MOST_ELSEWHERE, math.log1p(person.received))
        yield Signal("namesake.elsewhere", strength, "", f"new to the sender; {person.received} messages from others")
