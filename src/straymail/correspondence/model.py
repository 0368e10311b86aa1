"""Correspondence: the learned history in memory, fast to ask and cheap to add to.

People are small integers. A pair is one integer key into columns. Every fact is a count, a minimum or a maximum, and a
message is known by its identity, so neither the order of learning nor learning twice matters. Facts are kept by
address; a person with several addresses (``aliases``) is put together when asked for. ``drain`` hands out what changed
since the last call, as rows for a store; ``load`` takes rows back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, combinations, islice

from straymail.correspondence.aliases import Aliases
from straymail.correspondence.beside import Beside, joined, names, parted
from straymail.correspondence.books import Books
from straymail.correspondence.history import DomainFacts, PairFacts, PersonFacts, Standing, first_letters
from straymail.correspondence.merged import Merged
from straymail.correspondence.names import name_and_words, tokens_of
from straymail.correspondence.nearby import Nearby
from straymail.correspondence.observation import Observation
from straymail.correspondence.rows import Row
from straymail.correspondence.seen import Seen
from straymail.correspondence.settled import Settled
from straymail.correspondence.table import Edges
from straymail.correspondence.threads import Threads
from straymail.correspondence.topics import Hashes, Topics, packed, unpacked
from straymail.message import domain_to_unicode, normalise_domain, readings, registrable

_LISTED = PersonFacts(0, 0, 0.0, 0.0)
_GROUP = 12  # recipients up to which who stands beside whom is counted
_SHIFT = 32
_WORDS_KEPT = 100_000
_NAMED_LIMIT = 400  # people of one name that are looked at


class Correspondence:
    """The in-memory ``History``; one writer, any number of readers in the same thread.

    Args:
        own_domains: the organisation's.
        secret: keys the hashes of words.
    """

    def __init__(self, own_domains: Iterable[str] = (), secret: bytes = b"") -> None:
        self.revision = 0  # the state of the store it was loaded from
        self._own = frozenset[str]()
        self._ids: dict[str, int] = {}
        self._keys: list[str] = []
        self._people = Edges()
        self._received = Edges()
        self._pairs = Edges()
        self._books = Books(self._keys)
        self._names: dict[int, dict[str, int]] = {}
        self._named: dict[str, set[int]] = defaultdict(set)
        self._called_by: dict[str, tuple[str, frozenset[str]]] = {}  # name and its words, made when asked for
        self._domains: dict[str, set[int]] = defaultdict(set)
        self._called: dict[str, set[str]] = defaultdict(set)
        self._domain_ids: dict[str, int] = {}
        self._domain_sent = Edges()
        self._domain_received = Edges()
        self._domain_answered: dict[str, int] = defaultdict(int)
        self._answered: set[int] = set()
        self._near_domains = Nearby()
        self.own(own_domains)
        self._near_mailboxes: dict[str, Nearby] = defaultdict(Nearby)
        self._beside = Beside()
        self._threads = Threads(secret)
        self._aliases = Aliases(self.is_own, self._regrouped)
        self._merged = Merged(self._aliases.groups, self._people, self._received, self._pairs)
        self._topics = Topics()
        self._hashes = Hashes(secret)
        self._settled = Settled()
        self._seen = Seen()
        self._suffixes: dict[str, int] = defaultdict(int)
        self._dirty: set[tuple[str, str, str]] = set()

    def own(self, domains: Iterable[str]) -> None:
        """Take these for the organisation's own domains from now on."""
        before, self._own = self._own, frozenset(domains)
        for domain in self._own - before:
            self._near_domains.add(domain_to_unicode(domain))

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def own_domains(self) -> frozenset[str]:
        """The organisation's own domains."""
        return self._own

    def is_own(self, domain: str) -> bool:
        """Whether the domain, or a parent of it, is the organisation's own."""
        while domain:
            if domain in self._own:
                return True
            domain = domain.partition(".")[2]
        return False

    def __len__(self) -> int:
        """How many messages were learned."""
        return len(self._seen)

    @property
    def people(self) -> int:
        """How many addresses are known."""
        return len(self._ids)

    def everyone(self) -> list[str]:
        """Every known address."""
        return list(self._ids)

    def same(self, key: str) -> tuple[str, ...]:
        """Every address of the person who has this one, itself included; also of an unknown one."""
        group = self._group(key)
        return tuple([self._keys[each] for each in group]) if len(group) > 1 else (key,)

    def person(self, key: str) -> PersonFacts | None:
        """Totals of one person; None when never seen in mail, nothing but zeros when in the directory alone."""
        who = self._ids.get(key)
        found = None if who is None else self._merged.person(who)
        return found or (_LISTED if self._settled.lists(key) else None)

    def pair(self, a: str, b: str) -> PairFacts | None:
        """What ``a`` wrote to ``b``; None when nothing."""
        first, second = self._ids.get(a), self._ids.get(b)
        return None if first is None or second is None else self._merged.pair(first, second)

    def ties(self, person: str, others: Sequence[str], now: float) -> list[float]:
        """How close each of the others is: mail sent to him and ``ANSWER_WEIGHT`` x mail from him, ``faded``."""
        who, tie = self._ids.get(person), self._merged.tie
        known = [self._ids.get(other) for other in others]
        return [0.0 if who is None or him is None else tie(who, him, now) for him in known]

    def _group(self, key: str) -> tuple[int, ...]:
        who = self._ids.get(key)
        return () if who is None else self._aliases.groups.get(who) or (who,)

    def _first(self, people: Iterable[int]) -> list[str]:
        """One address for each person: the one used last."""
        return [self._keys[who] for who in self._merged.current(people)]

    def domain(self, name: str) -> DomainFacts | None:
        """Totals of one domain; None when no address in it is known."""
        people = self._domains.get(name)
        if not people:
            return None
        at = self._domain_ids.get(name, -1)
        sent, received = self._domain_sent.get(at), self._domain_received.get(at)
        facts = [fact for fact in (sent, received) if fact]
        return DomainFacts(
            people=len(people),
            sent=sent.sent if sent else 0,
            received=received.sent if received else 0,
            answered=self._domain_answered.get(name, 0),
            first=min((fact.first for fact in facts), default=0.0),
            last=max((fact.last for fact in facts), default=0.0),
        )

    def suffix(self, tld: str) -> int:
        """How many messages went to addresses under this top-level domain."""
        return self._suffixes.get(tld, 0)

    def answers(self, key: str) -> bool:
        """Whether this address has answered somebody of the organisation."""
        return not self._answered.isdisjoint(self._group(key))

    def domain_answers(self, name: str) -> bool:
        """Whether some address of the domain has answered somebody of the organisation, or is in the directory."""
        return self._domain_answered.get(name, 0) > 0 or self._settled.lists_domain(name)

    def called(self, label: str) -> Iterable[str]:
        """Known domains that answer (``domain_answers``), whose registrable part begins with, or reads as, a label."""
        return [domain for domain in self._called.get(label, ()) if self.domain_answers(domain)]

    def knows_domain(self, name: str) -> bool:
        """Whether any address in the domain is known."""
        return bool(self._domains.get(name))

    def standing(self, sender: str, recipient: str) -> Standing:
        """What people settled about the pair, or about the recipient for everyone."""
        return self._settled.standing(lambda: self.same(sender), recipient)

    def names(self, key: str) -> Sequence[tuple[str, int]]:
        """Display names seen for the address with counts, most frequent first."""
        group = self._group(key)
        found = self._names.get(group[0], {}) if group else {}
        if len(group) <= 1 and len(found) <= 1:
            return list(found.items())
        found = dict(found)
        for who in group[1:]:
            for name, count in self._names.get(who, {}).items():
                found[name] = found.get(name, 0) + count
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def name(self, key: str) -> str:
        """The display name seen most often for the address; "" for none."""
        return (self._called_by.get(key) or self._call(key))[0]

    def words(self, key: str) -> frozenset[str]:
        """The name tokens of a person key: of its local part and of its most frequent display name."""
        return (self._called_by.get(key) or self._call(key))[1]

    def _call(self, key: str) -> tuple[str, frozenset[str]]:
        if len(self._called_by) >= _WORDS_KEPT:
            self._called_by.clear()
        found = self._called_by[key] = name_and_words(key, self.names(key))
        return found

    def contacts(self, key: str) -> Iterable[str]:
        """The address book: everyone ``key`` has written to, or had mail from; of each person the address used last."""
        return self._first(other for who in self._group(key) for other in self._books.get(who))

    def acquainted(self, key: str) -> int:
        """How many addresses are in the address book of ``key``."""
        return sum(len(self._books.get(who)) for who in self._group(key))

    def beginning(self, key: str, local: str) -> Sequence[str]:
        """The contacts of ``key`` whose local part begins with the ``first_letters`` of ``local``; at most 400."""
        letters = first_letters(local)
        books, limit = self._books, _NAMED_LIMIT
        found = [other for who in self._group(key) for other in books.beginning(who, letters)[:limit]]
        if not found:
            return ()
        return [other for other in self._first(found) if first_letters(other.partition("@")[0]) == letters]

    def near_domains(self, name: str) -> Sequence[tuple[str, int]]:
        """Known domains within two OSA edits of ``name`` (itself excluded), with the distance."""
        found = self._near_domains.near(domain_to_unicode(name))  # slips are made in what people type and read
        return [(other if other.isascii() else normalise_domain(other), edits) for other, edits in found]

    def near_mailboxes(self, domain: str, local: str) -> Sequence[tuple[str, int]]:
        """Known person keys in ``domain`` whose local part is within two OSA edits, with the distance."""
        index = self._near_mailboxes.get(domain)
        return [(f"{other}@{domain}", edits) for other, edits in index.near(local)] if index else []

    def named(self, token: str) -> Iterable[str]:
        """Person keys whose display name or local part holds this token; the first 400 of a common name."""
        return [self._keys[who] for who in islice(self._named.get(token, ()), _NAMED_LIMIT)]

    def namesakes(self, sender: str, token: str) -> list[str]:
        """As ``named``, within the address book of ``sender``; of each person the address used last."""
        found = self._named.get(token)
        if not found:
            return []
        books = [self._books.get(each) & found for each in self._group(sender)]
        return self._first(chain.from_iterable(islice(book, _NAMED_LIMIT) for book in books))

    def together(self, sender: str, others: Sequence[str]) -> Callable[[str], list[int]]:
        """Tells of a person how many messages of ``sender`` went to him and each of the others (to himself: 0)."""
        books = {who: self._books.get(who) for who in self._group(sender) if who in self._people}
        counts = self._beside.among(books, [self._group(other) for other in others])
        return lambda person: counts(self._group(person))

    def thread(self, references: Sequence[str], subject: str, sender: str) -> frozenset[str]:
        """Person keys in the thread these references, or else this normalised subject, belong to; all their aliases."""
        found = self._threads.people(references, subject, self.same(sender))
        return frozenset(each for key in found for each in self.same(key))

    def topic(self, words: Sequence[str]) -> Callable[[str], float]:
        """Tells of a person how much the messages most like these words speak for him: a sum of likeness."""
        found = self._topics.near(self._hashes.of(words))
        return lambda person: sum([found[who] for who in self._group(person) if who in found]) if found else 0.0

    # -- learning --------------------------------------------------------------------------------------------------

    def knows(self, identity: str) -> bool:
        """Whether a message of this identity was learned."""
        return identity in self._seen

    def observe(self, seen: Observation) -> bool:
        """Learn one message; False when it was known already or names nobody."""
        if not seen.sender or not self._seen.add(seen.identity):
            return False
        self._dirty.add(("seen", seen.identity, ""))
        if seen.automatic and not self.is_own(seen.sender.rpartition("@")[2]):
            return True  # a machine's answer is nobody's: whoever owns a mistyped domain can send one
        sender = self._person(seen.sender, seen.sender_name)
        self._count(self._people, self._domain_sent, sender, 1, seen.time, seen.time)
        for key, name in seen.recipients:
            who = self._person(key, name)
            self._count(self._received, self._domain_received, who, 1, seen.time, seen.time)
            self._wrote(sender, who, 1, int(seen.reply), seen.time, seen.time)
            self._suffixes[key.rpartition(".")[2]] += 1
        if 1 < len(seen.recipients) <= _GROUP:
            ids = [self._ids[key] for key, _ in seen.recipients]
            for a, b in combinations(ids, 2):
                self._beside.add(sender, a, b)
                self._dirty.add(("beside", seen.sender, joined(self._keys[a], self._keys[b])))
            for a, b in self._aliases.beside(ids):
                self._dirty.add(("apart", self._keys[a], self._keys[b]))
        if seen.words and len(seen.recipients) <= _GROUP:
            self._about(seen, sender)
        people = frozenset((seen.sender, *(key for key, _ in seen.recipients)))
        gone = self._threads.add(seen.identity, seen.time, seen.message_id, seen.references, seen.subject, people)
        if gone:
            self._dirty.add(("seen", gone, ""))
        return True

    def _about(self, seen: Observation, sender: int) -> None:
        people = dict.fromkeys((sender, *(self._ids[key] for key, _ in seen.recipients)))
        gone = self._topics.add(seen.identity, seen.time, people, self._hashes.of(seen.words))
        self._dirty.add(("words", seen.identity, ""))
        if gone:
            self._dirty.discard(("words", gone, ""))
            self._dirty.add(("unsaid", gone, ""))

    def confirm(self, sender: str, recipient: str) -> None:
        """A person said: this is right."""
        self._settled[sender, recipient] = Standing(confirmed=True)
        self._dirty.add(("standing", sender, recipient))

    def correct(self, sender: str, wrong: str, right: str) -> None:
        """A person said: not ``wrong`` but ``right``; remembered for the sender, and for all (``elsewhere``)."""
        for who in (sender, ""):
            self._settled[who, wrong] = Standing(corrected_to=right)
            self._dirty.add(("standing", who, wrong))
        first, second = self._ids.get(wrong), self._ids.get(right)
        if first is not None and second is not None and second in self._merged.of(first):
            self._aliases.tell_apart(first, second)  # one person's two addresses need no correction
            self._dirty.add(("apart", wrong, right))

    def enter(self, key: str, name: str = "") -> None:
        """Add a directory entry: the address exists and its owner is known. The same one twice changes nothing."""
        known = name in self._names.get(self._ids.get(key, -1), ())
        if self._settled.lists(key) and (known or not name):
            return
        self._settled.enter(key)
        self._person(key, "" if known else name)
        self._dirty.add(("directory", key, ""))

    def forget(self, address: str) -> None:
        """Forget everything about a person key: counts, pairs, names, what was settled. Its integer is left unused."""
        who = self._ids.get(address)
        changed = self._settled.forget(address)
        self._dirty = {row for row in self._dirty if row[1] != address and not names(row[2], address)}
        self._dirty.add(("forget", address, ""))
        self._dirty |= {("standing", *pair) for pair in changed}
        if who is None:
            return
        for other in self._books.drop(who):
            self._pairs.drop(who << _SHIFT | other)
            self._pairs.drop(other << _SHIFT | who)
        local, _, domain = address.partition("@")
        self._people.drop(who)
        self._received.drop(who)
        self._names.pop(who, None)
        self._called_by.pop(address, None)
        self._domains[domain].discard(who)
        if who in self._answered:
            self._answered.discard(who)
            self._domain_answered[domain] -= 1
        self._near_mailboxes[domain].discard(local)
        for people in self._named.values():
            people.discard(who)
        self._dirty |= {("seen", identity, "") for identity in self._threads.forget(address)}
        self._aliases.drop(who)
        self._dirty |= {("words", identity, "") for identity in self._topics.forget(who)}
        del self._ids[address]
        self._keys[who] = ""

    def _person(self, key: str, name: str = "") -> int:
        who = self._ids.get(key)
        if who is None:
            who = self._ids[key] = len(self._keys)
            self._keys.append(key)
            self._place(who, key)
        if name:
            names = self._names.setdefault(who, {})
            if name not in names:
                for token in tokens_of(name):
                    self._named[token].add(who)
                self._aliases.name(who, key, names | {name: 1})
            names[name] = names.get(name, 0) + 1
            for each in self._merged.of(who):
                self._called_by.pop(self._keys[each], None)
        self._dirty.add(("person", key, ""))
        return who

    def _regrouped(self) -> None:
        self._merged.clear()
        self._called_by.clear()

    def _place(self, who: int, key: str) -> None:
        local, _, domain = key.partition("@")
        self._domains[domain].add(who)
        self._near_domains.add(domain_to_unicode(domain))
        parent = registrable(domain)
        if parent != domain:
            self._near_domains.add(domain_to_unicode(parent))
        for reading in (parent, *readings(parent)):
            self._called[reading.partition(".")[0]].add(domain)
        self._near_mailboxes[domain].add(local)
        for token in tokens_of(local):
            self._named[token].add(who)
        self._aliases.name(who, key, {})

    def _count(self, people: Edges, domains: Edges, who: int, count: int, first: float, last: float) -> None:
        people.add(who, count, 0, first, last)
        self._merged.heard(who)
        domain = self._keys[who].rpartition("@")[2]
        domains.add(self._domain_ids.setdefault(domain, len(self._domain_ids)), count, 0, first, last)

    def _wrote(self, a: int, b: int, count: int, replies: int, first: float, last: float) -> None:
        self._pairs.add(a << _SHIFT | b, count, replies, first, last)
        self._merged.wrote(a, b)
        self._books.add(a, b)
        self._settle(a, b)
        self._settle(b, a)
        self._dirty.add(("pair", self._keys[a], self._keys[b]))

    def _settle(self, inside: int, outside: int) -> None:
        """An address has answered when it wrote to somebody of ours after (or before) being written to."""
        if outside in self._answered or not self.is_own(self._keys[inside].rpartition("@")[2]):
            return
        if outside << _SHIFT | inside in self._pairs and inside << _SHIFT | outside in self._pairs:
            self._answered.add(outside)
            self._domain_answered[self._keys[outside].rpartition("@")[2]] += 1

    # -- rows for a store --------------------------------------------------------------------------------------------

    def drain(self) -> list[Row]:
        """Rows changed since the last call, as they are now; the store replaces rows of the same kind and keys."""
        rows = [self._row(*key) for key in sorted(self._dirty)]
        self._dirty.clear()
        return rows

    def _row(self, kind: str, a: str, b: str) -> Row:
        if kind == "person":
            who = self._ids[a]
            sent, received = self._people.columns(who), self._received.columns(who)
            return Row(kind, a, b, {"sent": sent, "received": received, "names": dict(self._names.get(who, {}))})
        if kind == "pair":
            return Row(kind, a, b, {"facts": self._pairs.columns(self._ids[a] << _SHIFT | self._ids[b])})
        if kind == "standing":
            found = self._settled[a, b]
            return Row(kind, a, b, {"confirmed": found.confirmed, "corrected_to": found.corrected_to})
        if kind == "seen":
            return Row(kind, a, b, self._threads.values(a))
        if kind == "beside":
            one, other = (self._ids[each] for each in parted(b))
            return Row(kind, a, b, {"n": self._beside.get(self._ids[a], one, other)})
        if kind == "words":
            time, people, words = self._topics.get(a)
            return Row(kind, a, b, {"t": time, "p": [self._keys[who] for who in people], "w": packed(words)})
        return Row(kind, a, b, {})

    def load(self, rows: Iterable[Row]) -> None:
        """Take rows of a store back; meant for an empty model."""
        threads = {}
        for row in rows:
            self._load(row)
            if row.kind == "seen" and row.values:
                threads[row.a] = row.values
        gone = self._threads.restore(threads)
        self._dirty = {("seen", each, "") for each in gone}

    def become(self, other: Correspondence) -> None:
        """Hold what ``other`` holds, which is used up: whoever has this model sees it from now on."""
        vars(self).update(vars(other))
        self._aliases.tell(self.is_own, self._regrouped)

    def _load(self, row: Row) -> None:
        if row.kind == "seen":
            self._seen.add(row.a)
        elif row.kind == "person":
            self._load_person(row)
        elif row.kind == "pair" and row.values["facts"]:
            self._wrote(self._person(row.a), self._person(row.b), *row.values["facts"])
        elif row.kind == "standing":
            self._settled[row.a, row.b] = Standing(row.values["confirmed"], row.values["corrected_to"])
        elif row.kind == "directory":
            self.enter(row.a)
        elif row.kind == "beside":
            sender, one, other = (self._person(each) for each in (row.a, *parted(row.b)))
            self._beside.add(sender, one, other, row.values["n"])
        elif row.kind == "apart":
            self._aliases.tell_apart(self._person(row.a), self._person(row.b))
        elif row.kind == "words":
            people = [self._person(key) for key in row.values["p"]]
            self._topics.add(row.a, row.values["t"], people, unpacked(row.values["w"]))

    def _load_person(self, row: Row) -> None:
        who = self._person(row.a)
        if values := row.values["sent"]:
            self._count(self._people, self._domain_sent, who, values[0], *values[2:])
        if values := row.values["received"]:
            self._count(self._received, self._domain_received, who, values[0], *values[2:])
            self._suffixes[row.a.rpartition(".")[2]] += values[0]
        for name, count in row.values["names"].items():
            self._person(row.a, name)
            self._names[who][name] = count  # nobody has asked for ``words`` yet
        if row.values["names"]:
            self._aliases.name(who, row.a, self._names[who])
