"""The desk and anything that may arrive: nothing raises but what it says, and nobody's mail moves by accident."""

from __future__ import annotations

from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from straymail.desk.mail import Frame, as_mail
from straymail.desk.notices import Voice, question
from straymail.desk.signature import recognise_delivery, sign_delivery
from straymail.desk.words import read_answer
from straymail.message import Address, parse_message, wire
from straymail.record import new_key, parse_keys
from straymail.record.custody import Held, Waiting

KEYS = parse_keys(new_key().decode())
DATE = datetime(2026, 11, 25, tzinfo=UTC)
DESK = Address("straymail+token", "mod.example")
COMMANDS = ("fix", "send", "discard", "cancel", "delete")
FIELDS = [
    *("message-id", "date", "from", "reply-to", "to", "subject", "auto-submitted", "precedence"),
    *("x-auto-response-suppress", "in-reply-to", "references", "content-type", "mime-version"),
]
INJECTION = "=?utf-8?q?a=0aReply-To:_evil@attacker.example=0a=0aYour_mailbox_is_full?="
local = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=64)
some_text = st.text(max_size=300) | st.text(alphabet="fixsendcard 12,.!@\n> ", max_size=60)


@given(some_text, st.integers(0, 5))
def test_an_answer_is_clear_or_none(text: str, numbers: int) -> None:
    found = read_answer(text, numbers)
    if found is None:
        return
    assert found
    assert any(word in text.casefold() for word in COMMANDS)
    about = [(each.number, each.address if each.number == 0 else "") for each in found]
    assert about == [(0, "")] or ((0, "") not in about and len(set(about)) == len(about))
    assert all(0 <= each.number <= numbers for each in found)
    assert all("@" in each.address for each in found if each.address)


@given(st.sampled_from(["fix", "send", "discard"]), st.sampled_from(["not", "don't", "never", "no,", "nobody"]))
def test_a_denied_command_is_never_carried_out(word: str, denial: str) -> None:
    assert read_answer(f"{denial} {word}", 1) is None
    assert read_answer(f"{word} {denial}", 1) is None
    assert read_answer(f"{word}\n{denial} {word}", 1) is None


@settings(max_examples=150, deadline=None)
@given(local, st.text(max_size=200), st.text(max_size=60), st.binary(max_size=60))
@example("\xa0", "", "", b"")
@example("x" * 200, "", "", b"")
@example("\xe4 \xa0" * 40, "", "", b"")
@example("a\u2028b", "", "", b"")
@example(INJECTION, "", "", b"")
@example("a", INJECTION, "", b"")
@example("a", f"{'x' * 70} {INJECTION} \u2028 \xe9", "", b"")
@example("a", "", INJECTION, b"")
def test_a_notice_is_mail_whatever_stands_in_it(name: str, subject: str, reference: str, original: bytes) -> None:
    stray = Address(name, "army.ml")
    evidence = {"id": "x", "weight": 1.0, "sender_text": subject}
    view = {"recipients": [{"address": str(stray), "evidence": [evidence]}], "content": [{"id": "secret.key"}]}
    waiting = (Waiting(str(stray), suspect=True, meant=(str(stray),)), Waiting("tom@mod.example", suspect=False))
    held = Held("abc", "ask", "asked", "clara@mod.example", 0.0, 1.0, 10, {}, view, waiting)
    notice = question(held, subject, DESK, Voice("signed"))
    to = Address(normalize("NFC", name), "mod.example")
    raw = as_mail(notice, Frame("Straymail", DESK, to, subject, DATE, "id1", reference, original))
    message = parse_message(raw)
    assert [box.address for box in message.from_] == [DESK]
    assert [box.address for box in message.to] == [to]
    assert message.automatic
    names = [key.lower() for key, _ in message.headers]
    assert sorted(names) == sorted(each for each in FIELDS if each not in {"in-reply-to", "references"} - set(names))
    head = raw.partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    assert [line.partition(b":")[0].lower().decode() for line in lines] == names
    assert all(len(line) <= 998 for line in head.split(b"\r\n"))
    assert b"<script" not in raw.lower()


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_delivery_is_recognised_by_its_own_body_only(body: bytes, other: bytes) -> None:
    raw, forged = b"Subject: a\r\n\r\n" + body, b"Subject: a\r\n\r\n" + other
    value = sign_delivery(KEYS, "id", [DESK], raw)
    assert recognise_delivery(KEYS, value, [DESK], raw) == "id"
    same = body.replace(b"\r\n", b"\n").rstrip(b"\n") == other.replace(b"\r\n", b"\n").rstrip(b"\n")
    assert bool(recognise_delivery(KEYS, value, [DESK], forged)) is same


@given(st.lists(st.sampled_from([b"\r\n", b"\n", b"\r", b"x", b"\n\n", b"\r\n\r\n"]), max_size=40), st.integers(1, 7))
def test_what_is_signed_does_not_depend_on_the_pieces(parts: list[bytes], size: int) -> None:
    raw = b"Subject: a" + b"".join(parts)
    whole = sign_delivery(KEYS, "id", [DESK], raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "_PIECE", size)
        assert sign_delivery(KEYS, "id", [DESK], raw) == whole


@given(st.text(max_size=100))
def test_a_made_up_delivery_is_not_recognised(value: str) -> None:
    assert recognise_delivery(KEYS, value, [DESK], b"Subject: a\r\n\r\nbody") == ""
