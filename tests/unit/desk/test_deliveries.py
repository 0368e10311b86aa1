"""Deliveries: what a next hop may say, what a crash may interrupt, and who must not get a message twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from straymail.desk import Courier
from straymail.desk.courier import Parts
from straymail.errors import StoreDown
from straymail.message import Envelope, parse_address
from straymail.record import custody, log, outbound
from straymail.record.outbound import Target

from .office import (
    CLARA,
    NOW,
    RAW,
    RIGHT,
    STRAY,
    TOM,
    Hop,
    Office,
    asked,
    message_of,
    run_against,
    settings_for,
    texts,
)

KATE = parse_address("kate@navy.ml")
DAY = 86_400


def test_a_crash_between_delivery_and_closing_leaves_nothing_half_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = office.take()
    office.deliver()
    office.desk.release(identifier, actor="officer", now=NOW)
    transition = custody.transition

    def crash(*_args: object, **_more: object) -> None:
        raise StoreDown("the disk is full")

    monkeypatch.setattr(custody, "transition", crash)
    with pytest.raises(StoreDown):
        office.deliver()
    monkeypatch.setattr(custody, "transition", transition)
    assert office.state(identifier) == "releasing"
    office.deliver(outbound.LEASE + 1)
    assert office.state(identifier) == "released"


def test_a_lost_attempt_that_ends_late_changes_nothing(office: Office) -> None:
    identifier = office.take()
    office.deliver()
    office.desk.release(identifier, actor="officer", now=NOW)
    with office.desk.record.writing() as connection:
        due = outbound.claim(connection, office.desk.record.keys, NOW)
    slow = next(each for each in due if each.kind == "release")
    office.deliver(outbound.LEASE + 1)
    assert office.state(identifier) == "released"
    failed = [Target(each.address, "failed", "550") for each in slow.targets]
    assert office.desk.settle_delivery(slow, failed, office.now) == "stale"
    assert office.state(identifier) == "released"


def test_a_notice_nobody_takes_stands_in_the_log(office: Office) -> None:
    office.take()
    asyncio.run(run_against(office, Hop({str(CLARA): "550 5.1.1 gone"}), 0))
    with office.desk.record.reading() as connection:
        kinds = [entry.kind for entry in log.entries(connection)]
    assert kinds == ["held", "undeliverable"]


def _held(office: Office) -> list[custody.Held]:
    with office.desk.record.reading() as connection:
        return custody.listing(connection)


def release_through(office: Office, hop: Hop, envelope: Envelope, raw: bytes = RAW) -> str:
    identifier = office.take(raw, envelope=envelope, verdict=asked(envelope.recipients[0]))
    office.deliver()
    office.desk.release(identifier, actor="officer", now=office.now)
    asyncio.run(run_against(office, hop, 0))
    return office.state(identifier)


def test_utf8_addresses_go_where_smtputf8_is_offered(office: Office) -> None:
    hop = Hop({})
    stray = parse_address("jürgen@army.ml")
    assert (
        release_through(office, hop, Envelope(CLARA, (stray,), mail_parameters=("SMTPUTF8", "SIZE=10"))) == "released"
    )
    assert [to for to, _ in hop.got if to == [str(stray)]]


def test_utf8_addresses_fail_visibly_where_it_is_not_offered(office: Office) -> None:
    stray = parse_address("jürgen@army.ml")
    envelope = Envelope(CLARA, (stray,), mail_parameters=("SMTPUTF8",))
    hop = Hop({}, utf8=False)
    assert release_through(office, hop, envelope) == "failed"
    told = [texts(message_of(raw))[0] for _, raw in hop.got]
    assert any("SMTPUTF8" in text for text in told)


def test_a_refusal_of_the_message_does_not_fail_who_was_only_put_off(office: Office) -> None:
    hop = Hop({str(TOM): "451 later"}, data="554 5.6.0 not this")
    assert release_through(office, hop, Envelope(CLARA, (STRAY, TOM))) == "releasing"
    hop.data = "250 ok"
    hop.replies.clear()
    asyncio.run(run_against(office, hop, 3_700))
    assert [to for to, raw in hop.got if b"Order of the day" in raw] == [[str(TOM)]]
    (held,) = [each for each in _held(office) if each.state == "failed"]
    assert held.actor == "next hop"


@pytest.mark.parametrize("greeting", [b"554 no service\r\n", b"421 busy\r\n", b"garbage\r\n", b""])
def test_a_hop_that_does_not_speak_is_tried_later(office: Office, greeting: bytes) -> None:
    identifier = office.take()
    office.deliver()
    office.desk.release(identifier, actor="officer", now=NOW)

    async def run() -> None:
        async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        await Courier(office.desk, settings_for(office, port)).run_due(NOW)
        server.close()
        await server.wait_closed()

    asyncio.run(run())
    assert office.state(identifier) == "releasing"
    assert [envelope for envelope, _ in office.deliver(3_700) if envelope["sender"]]


@pytest.mark.parametrize(
    ("parameters", "kept"),
    [
        (("BODY=8BITMIME", "SIZE=999", "RET=HDRS"), ["BODY=8BITMIME"]),
        (("SMTPUTF8",), ["SMTPUTF8"]),
    ],
)
def test_parameters_the_hop_offers_are_passed_on(office: Office, parameters: tuple[str, ...], kept: list[str]) -> None:
    hop = Hop({})
    release_through(office, hop, Envelope(CLARA, (STRAY,), mail_parameters=parameters))
    said = [options for sender, options in hop.mails if sender == str(CLARA)]
    assert said == [kept]


def test_one_bad_delivery_does_not_stop_the_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = office.take(), office.take(RAW + b"2")
    office.deliver()
    for each in (first, second):
        office.desk.release(each, actor="officer", now=NOW)
    signed: Callable[..., Parts] = office.courier._signed

    def broken(delivery: outbound.Delivery, ready: list[str]) -> Parts:
        if delivery.held_id == first:
            raise ValueError("cannot be read")
        return signed(delivery, ready)

    monkeypatch.setattr(office.courier, "_signed", broken)
    office.deliver()
    assert (office.state(first), office.state(second)) == ("releasing", "released")
    monkeypatch.setattr(office.courier, "_signed", signed)
    office.deliver(3_700)
    assert office.state(first) == "released"


def test_two_couriers_deliver_each_message_once(office: Office) -> None:
    """Two processes on one database: a lease is given to one of them only."""
    for number in range(40):
        identifier = office.take(RAW + b"%d" % number, envelope=Envelope(CLARA, (STRAY,)))
        office.desk.release(identifier, actor="officer", now=NOW)
    hop = Hop({})

    async def both() -> None:
        await asyncio.gather(run_against(office, hop, 0), run_against(office, hop, 0))

    asyncio.run(both())
    released = [raw for _, raw in hop.got if b"Order of the day" in raw]
    assert len(released) == 40
    assert {each.state for each in _held(office)} == {"released"}


def failed_in_part(office: Office) -> str:
    hop = Hop({str(STRAY): "550 5.1.1 unknown"})
    assert release_through(office, hop, Envelope(CLARA, (STRAY, TOM))) == "failed"
    assert [to for to, raw in hop.got if b"Order of the day" in raw] == [[str(TOM)]]
    return _held(office)[0].id


def test_who_has_the_message_does_not_get_it_twice(office: Office) -> None:
    identifier = failed_in_part(office)
    office.desk.correct(identifier, actor="officer", now=office.now)
    sent = [envelope["recipients"] for envelope, _ in office.deliver() if envelope["sender"]]
    assert sent == [[str(RIGHT)]]
    assert office.state(identifier) == "corrected"


def test_giving_up_after_a_failure_says_who_has_it(office: Office) -> None:
    identifier = failed_in_part(office)
    office.desk.discard(identifier, actor="officer", now=office.now)
    ((_, told),) = office.deliver()
    assert f"has reached {TOM} and is sent to nobody else" in " ".join(texts(told)[0].split())
    assert office.state(identifier) == "released"


def test_large_bodies_are_claimed_one_by_one(office: Office) -> None:
    for number in range(3):
        office.take(RAW + b"%d" % number, envelope=Envelope(CLARA, (STRAY,)))
    keys = office.desk.record.keys
    with office.desk.record.writing() as connection:
        assert len(outbound.claim(connection, keys, NOW, most=1)) == 1
    with office.desk.record.writing() as connection:
        assert len(outbound.claim(connection, keys, NOW)) == 2
