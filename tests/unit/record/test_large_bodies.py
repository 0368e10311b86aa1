"""Bodies of several megabytes, which SQLite is given and asked for in pieces."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import Connection, select, update

from straymail.errors import BadInput
from straymail.record import Record, custody, outbound, parse_keys
from straymail.record.custody import NewHold, Waiting
from straymail.record.keys import new_key
from straymail.record.schema import delivery, held
from straymail.record.sealed import opened, seal

NOW = 1_800_000_000.0
LARGE = b"Subject: Harbour\r\n\r\n" + Random(3).randbytes(3_300_000)


def take(record: Record, raw: bytes) -> str:
    new = NewHold("ask", "clara@mod.example", [Waiting("holt@army.ml", True)], {}, {}, raw, NOW, NOW + 100, NOW + 50)
    with record.writing() as connection:
        return custody.take(connection, record.keys, new)[0]


def release(connection: Connection, record: Record, held_id: str, raw: bytes) -> None:
    outbound.enqueue(
        connection,
        record.keys,
        kind="release",
        held_id=held_id,
        sender="clara@mod.example",
        recipients=["holt@army.mil"],
        raw=raw,
        now=NOW,
    )


@pytest.mark.parametrize("raw", [LARGE, LARGE + b"Z" * 9_000_000, b""], ids=["random", "longer", "empty"])
def test_a_large_message_comes_back_whole(record: Record, raw: bytes) -> None:
    identifier = take(record, raw)
    with record.reading() as connection:
        assert custody.body(connection, record.keys, identifier) == raw
    with record.writing() as connection:
        release(connection, record, identifier, raw)
    with record.writing() as connection:
        (taken,) = outbound.claim(connection, record.keys, NOW + 1)
    assert (taken.raw, taken.problem) == (raw, "")


def test_a_large_body_that_was_changed_is_not_given_out(record: Record) -> None:
    identifier = take(record, LARGE)
    with record.writing() as connection:
        stored = bytearray(connection.execute(select(held.c.body)).scalar_one())
        stored[2_000_000] ^= 1
        connection.execute(update(held).values(body=bytes(stored)))
    with record.reading() as connection, pytest.raises(BadInput, match="was changed"):
        custody.body(connection, record.keys, identifier)


def test_a_delivery_without_a_body_fails_alone(record: Record) -> None:
    with record.writing() as connection:
        release(connection, record, "held", LARGE)
        connection.execute(update(delivery).values(body=None))
    with record.writing() as connection:
        (taken,) = outbound.claim(connection, record.keys, NOW + 1)
    assert "cannot be read" in taken.problem


def test_a_body_that_ends_too_early_is_said_to() -> None:
    keys = parse_keys(new_key().decode())
    assert opened(keys, bytes(seal(keys, LARGE, "x")), "x") == LARGE
    with pytest.raises(BadInput, match="ends too early"):
        opened(keys, bytes(keys.encrypt([b"\x78\x9c"], "x")), "x")
    with pytest.raises(BadInput, match="cannot be unpacked"):
        opened(keys, bytes(keys.encrypt([b"no zlib"], "x")), "x")
