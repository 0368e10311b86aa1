"""The decision log: append-only, hash-chained, with erasable payloads.

    digest_n = SHA-256(salt_n . payload_n)                         payload: canonical JSON, in decision_text
    chain_n  = SHA-256(chain_(n-1) | n | at | kind | digest_n)     in decision
    head     = n, chain_n, HMAC(key, n | chain_n)                  in decision_head

Changing, removing or reordering an entry breaks the chain; cutting the tail off breaks the head, which nobody can make
without the key. The head is there from the start, of entry 0 (``begin``), and never made again: so a log that was
emptied, head and all, is found as well. A head that was not made with the key is carried on as it is and never signed
anew, or the next entry would make a forged log good. To forget a person, payloads are erased while their digests stay;
each erasure is an entry itself, so ``verify`` tells an erased payload from a stolen one. Who has the key and the
database can rewrite both, and an older copy of the whole database is whole too: copy the head elsewhere now and then
(``straymail log verify`` prints it).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from straymail.errors import StoreDown
from straymail.message import Address
from straymail.record.keys import Keys
from straymail.record.persons import named_in_json, near
from straymail.record.schema import decision, decision_head, decision_text

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
GENESIS = "0" * 64
ERASED = "erased"
FORGOTTEN = "forgotten"
"""Tells guards that run to forget somebody as well; the payload's ``who`` is a ``Keys.mark``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision as it is appended: a kind (``judged``, ``held``, ``answered`` ...) and what it was about."""

    at: float
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision as it stands in the log; ``payload`` is None when it was erased."""

    seq: int
    at: float
    kind: str
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What ``verify`` found; sound when there is no fault. ``head`` is the chain's end, to be copied elsewhere."""

    entries: int
    erased: int
    head: str
    faults: tuple[str, ...]


def begin(connection: Connection, keys: Keys) -> None:
    """Make the head of a log without entries; called once in the life of a database."""
    if connection.execute(select(decision.c.seq).limit(1)).first() is None and _head(connection) is None:
        connection.execute(insert(decision_head).values(id=1, **_signed(keys, 0, GENESIS)))


def append(connection: Connection, keys: Keys, entries: Sequence[Entry]) -> None:
    """Append in the caller's transaction.

    Where somebody has taken the head away or put another in its place, none is made or signed: ``verify`` must see it.

    Raises:
        StoreDown: another process appended at the same moment; the transaction must be tried again.
    """
    if not entries:
        return
    head = _head(connection) or _last(connection)
    seq, chain = (head.seq, head.chain) if head else (0, GENESIS)
    rows, texts, before = [], [], seq
    for entry in entries:
        seq, salt, text = seq + 1, secrets.token_hex(16), _canonical(entry.payload)
        digest = _sha(salt + text)
        at = round(entry.at, 6)
        chain = _link(chain, seq, at, entry.kind, digest)
        rows.append({"seq": seq, "at": at, "kind": entry.kind, "digest": digest, "chain": chain})
        texts.append({"seq": seq, "salt": salt, "payload": text})
    connection.execute(insert(decision), rows)
    connection.execute(insert(decision_text), texts)
    stands = {"seq": seq, "chain": chain} if _forged(connection, keys) else _signed(keys, seq, chain)
    moved = connection.execute(update(decision_head).where(decision_head.c.seq == before).values(stands))
    if moved.rowcount != 1 and _head(connection) is not None:
        raise StoreDown("the decision log was appended to by another process; try again")


def _head(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(decision_head).order_by(decision_head.c.id).limit(1)).one_or_none()


def signed_here(connection: Connection, keys: Keys) -> bool:
    """Whether the head was made with one of these keys, or nothing is there that was not."""
    return not _forged(connection, keys)


def _forged(connection: Connection, keys: Keys) -> bool:
    head = _head(connection)
    return head is not None and not _is_ours(head, keys)


def _is_ours(head: Row[Any], keys: Keys) -> bool:
    try:
        mac = bytes.fromhex(head.mac)
    except (ValueError, TypeError):
        return False
    return len(mac) == 32 and keys.verify(mac, "log", str(head.seq), str(head.chain))


def _last(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(decision).order_by(decision.c.seq.desc()).limit(1)).one_or_none()


def _signed(keys: Keys, seq: int, chain: str) -> dict[str, Any]:
    return {"seq": seq, "chain": chain, "mac": keys.sign("log", str(seq), chain).hex()}


def entries(
    connection: Connection, *, after: int = 0, kinds: Iterable[str] = (), since: float = 0.0, about: str = ""
) -> Iterator[Logged]:
    """Entries in order. ``about`` keeps those whose payload names the text (an address, a held id)."""
    query = (
        select(decision.c.seq, decision.c.at, decision.c.kind, decision_text.c.payload)
        .outerjoin(decision_text, decision_text.c.seq == decision.c.seq)
        .where(decision.c.seq > after, decision.c.at >= since)
        .order_by(decision.c.seq)
    )
    if wanted := list(kinds):
        query = query.where(decision.c.kind.in_(wanted))
    if about:
        query = query.where(decision_text.c.payload.contains(_canonical(about)[1:-1], autoescape=True))
    for row in connection.execute(query).yield_per(1_000):
        yield Logged(row.seq, row.at, row.kind, json.loads(row.payload) if row.payload is not None else None)


def erase(connection: Connection, keys: Keys, who: Address, at: float) -> int:
    """Erase the payloads that name the person, and say so in the log; returns how many."""
    query = select(decision_text.c.seq, decision_text.c.payload).where(near(decision_text.c.payload, who))
    seqs = [row.seq for row in connection.execute(query).yield_per(1_000) if named_in_json(row.payload, who)]
    if seqs:
        for start in range(0, len(seqs), 500):
            connection.execute(delete(decision_text).where(decision_text.c.seq.in_(seqs[start : start + 500])))
        append(connection, keys, [Entry(at, ERASED, {"seqs": seqs})])
    return len(seqs)


def verify(connection: Connection, keys: Keys) -> Verification:
    """Recompute the whole chain; every fault is named."""
    faults: list[str] = []
    missing: set[int] = set()
    erased: set[int] = set()
    seq, chain = 0, GENESIS
    query = (
        select(decision, decision_text.c.salt, decision_text.c.payload)
        .outerjoin(decision_text, decision_text.c.seq == decision.c.seq)
        .order_by(decision.c.seq)
    )
    for row in connection.execute(query).yield_per(1_000):
        if row.seq != seq + 1:
            faults.append(f"entry {seq + 1}: missing")
        seq, expected = row.seq, _link(chain, row.seq, row.at, row.kind, row.digest)
        if row.chain != expected:
            faults.append(f"entry {seq}: changed, or what stands before it")
        chain = row.chain
        if row.payload is None:
            missing.add(seq)
        elif not _is_text(row.salt, row.payload) or _sha(row.salt + row.payload) != row.digest:
            faults.append(f"entry {seq}: its payload was changed")
        elif row.kind == ERASED:
            erased.update(_erased_by(row.payload))
    faults += [f"entry {each}: its payload is gone without an erasure" for each in sorted(missing - erased)]
    faults += _foreign(connection)
    faults += _head_faults(connection, keys, seq, chain)
    return Verification(seq, len(missing & erased), chain, tuple(faults))


def _is_text(*values: object) -> bool:
    """Whether all are text: a column of SQLite may hold anything."""
    return all(isinstance(value, str) for value in values)


def _erased_by(payload: str) -> set[int]:
    try:
        return set(json.loads(payload)["seqs"])
    except (ValueError, TypeError, KeyError):  # then nothing it should have erased counts as erased
        return set()


def _foreign(connection: Connection) -> Iterator[str]:
    query = (
        select(decision_text.c.seq)
        .outerjoin(decision, decision.c.seq == decision_text.c.seq)
        .where(decision.c.seq.is_(None))
        .order_by(decision_text.c.seq)
    )
    for seq in connection.execute(query).scalars():
        yield f"a payload is numbered {seq}, and there is no such entry"


def _head_faults(connection: Connection, keys: Keys, seq: int, chain: str) -> Iterator[str]:
    heads = connection.execute(select(decision_head)).all()
    if len(heads) != 1:
        yield "the log has several heads" if heads else "the head of the log is missing"
        return
    (head,) = heads
    if (head.seq, head.chain) != (seq, chain):
        yield f"the log ends at entry {seq}, its head says {head.seq}: entries were cut off or added"
    if not _is_ours(head, keys):
        yield "the head of the log was not made with this key"


def _link(before: str, seq: int, at: float, kind: str, digest: str) -> str:
    return _sha(f"{before}|{seq}|{at!r}|{kind}|{digest}")


def _canonical(value: object) -> str:
    return _JSON.encode(value)


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
