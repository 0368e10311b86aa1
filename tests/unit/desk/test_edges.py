"""What goes wrong at a desk: machines that answer, names that must not be told, crashes, and odd next hops."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from straymail.desk.notices import ATTACH_MOST
from straymail.errors import TokenRefused
from straymail.evidence import Action, Verdict
from straymail.message import Address, Envelope, parse_address, parse_message
from straymail.record import custody, log, outbound, schema, tokens

from .office import (
    CLARA,
    NOW,
    RAW,
    RIGHT,
    SECRET,
    STRAY,
    TOM,
    Office,
    asked,
    reply_address,
    texts,
)

KATE = parse_address("kate@navy.ml")
DAY = 86_400


def reply_raw(office: Office, to: Address, text: str, *headers: str) -> str:
    lines = [f"From: <{CLARA}>", f"To: <{to}>", *headers, "", text, ""]
    message = parse_message("\r\n".join(lines).encode())
    return office.desk.answer(Envelope(CLARA, (to,)), message, office.now).kind


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "X-Auto-Response-Suppress: All"],
)
def test_an_out_of_office_reply_answers_nothing(office: Office, header: str) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    assert reply_raw(office, reply_address(notice), "send", header) == "automatic"
    assert office.state(identifier) == "asked"
    assert office.deliver() == []


def test_help_for_unclear_answers_ends(office: Office) -> None:
    """A machine that hides that it is one gets no more notices than the rate allows."""
    office.take()
    ((_, notice),) = office.deliver()
    for _ in range(20):
        assert reply_raw(office, reply_address(notice), "I am away until Monday") == "unclear"
    assert len(office.deliver()) <= 4


def test_a_corrected_bcc_recipient_leaves_no_trace(office: Office) -> None:
    identifier = office.take(verdict=asked(SECRET))
    office.deliver()
    office.desk.correct(identifier, actor="officer", now=NOW, to={str(SECRET): "ines@mod.example"})
    (mail,) = [mail for envelope, mail in office.deliver() if envelope["sender"]]
    assert "X-Straymail-Corrected" not in mail
    assert "secret" not in mail.as_string()
    assert "ines" not in mail.as_string()


@pytest.mark.parametrize("forge", [CLARA, TOM, None])
def test_a_refused_answer_stands_in_the_log(office: Office, forge: Address | None) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    message = parse_message(f"From: {TOM}\r\n\r\nsend\r\n".encode())
    with pytest.raises(TokenRefused):
        office.desk.answer(Envelope(forge, (reply_address(notice),)), message, NOW)
    with office.desk.record.reading() as connection:
        assert [entry.kind for entry in log.entries(connection)] == ["held", "refused"]


@pytest.mark.parametrize(
    "text", ["straymail@mod.example", "straymail+abc@mod.example", "straymail+" + "a" * 26 + "@mod.example"]
)
def test_an_answer_without_a_good_token_is_refused(office: Office, text: str) -> None:
    with pytest.raises(TokenRefused):
        reply_raw(office, parse_address(text), "send")


@pytest.mark.parametrize(
    "written",
    ["jörg@mod.example", '"q s"@mod.example', "k..allen@mod.example", "a@[192.0.2.1]", "x" * 200 + "@mod.example"],
)
def test_senders_of_every_form_are_asked_and_answer(office: Office, written: str) -> None:
    sender = parse_address(written)
    envelope = Envelope(sender, (STRAY,), mail_parameters=("SMTPUTF8",), authenticated="a")
    identifier = office.take(envelope=envelope)
    ((sent, notice),) = office.deliver()
    assert sent["recipients"] == [str(sender)]
    assert parse_message(bytes(notice)).to[0].address == sender
    raw = f"From: <{sender}>\r\n\r\nfix\r\n".encode()
    office.desk.answer(Envelope(sender, (reply_address(notice),)), parse_message(raw), NOW)
    office.deliver()
    assert office.state(identifier) == "corrected"


TAGGED = parse_address("Clara.Voss+List@mod.example")


def test_a_sender_with_a_tag_answers_from_the_mailbox(office: Office) -> None:
    identifier = office.take(envelope=Envelope(TAGGED, (STRAY,)))
    ((envelope, notice),) = office.deliver()
    assert envelope["recipients"] == [str(TAGGED)]
    assert office.reply(notice, "send", CLARA).kind == "done"
    office.deliver()
    assert office.state(identifier) == "released"


def test_a_token_made_for_an_address_with_its_tag_still_counts(office: Office) -> None:
    identifier = office.take(envelope=Envelope(TAGGED, (STRAY,)))
    with office.desk.record.writing() as connection:
        old = tokens.issue(connection, office.desk.record.keys, identifier, TAGGED.key, NOW + DAY)
    raw = f"From: <{TAGGED}>\r\n\r\nsend\r\n".encode()
    to = parse_address(f"straymail+{old}@mod.example")
    assert office.desk.answer(Envelope(TAGGED, (to,)), parse_message(raw), NOW).kind == "done"
    with pytest.raises(TokenRefused):
        office.desk.answer(Envelope(TOM, (to,)), parse_message(f"From: {TOM}\r\n\r\nsend\r\n".encode()), NOW)


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: \xff\xfe =?utf-8?b?4oCu?= " + b"x" * 3000,
        b"Subject: a\x00b\x1b[0m",
        b"Message-ID: <" + b"\xff y>x" * 300,
    ],
)
def test_hostile_headers_are_asked_about_all_the_same(office: Office, header: bytes) -> None:
    office.take(
        RAW.replace(b"Subject: Exercise <b>Harbour</b>", header).replace(b"Message-ID: <m1@mod.example>\r\n", b"")
    )
    ((_, notice),) = office.deliver()
    assert "Is this who you meant?" in str(notice["Subject"])
    assert all(len(line) < 1000 for line in bytes(notice).splitlines())


def test_a_flood_of_recipients_makes_no_flood_of_text(office: Office) -> None:
    many = tuple(parse_address(f"person{number}@navy.ml") for number in range(2_000))
    identifier = office.take(verdict=asked(*many), envelope=Envelope(CLARA, (*many, *many, STRAY)))
    ((_, notice),) = office.deliver()
    assert len(bytes(notice)) < 60_000
    assert "and 1980 more" in texts(notice)[0]
    assert office.reply(notice, "send 1500").kind == "partly"
    assert office.reply(notice, "send").kind == "done"
    assert len(office.desk.show(identifier).recipients) == 2_001


def test_an_answer_about_some_is_noted_and_the_others_asked_again(office: Office) -> None:
    identifier = office.take(verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE, TOM)))
    ((_, notice),) = office.deliver()
    assert "  fix 1" in texts(notice)[0]
    assert office.reply(notice, "fix 1").kind == "partly"
    assert list(office.desk.lessons(0)) == []
    ((_, again),) = office.deliver()
    text = texts(again)[0]
    assert f"{STRAY} corrected to" in text
    assert f"  {KATE}" in text
    assert "Did you mean" not in text
    assert office.reply(again, "send").kind == "done"
    final = {each.address: (each.decision, each.final) for each in office.desk.show(identifier).recipients}
    assert final[str(STRAY)] == ("fix", str(RIGHT))
    assert final[str(KATE)] == ("send", "")
    assert {(each.address, each.right) for each in office.desk.lessons(0)} == {
        (STRAY.key, RIGHT.key),
        (KATE.key, ""),
    }


def test_a_late_answer_gets_the_message_back(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    office.now += 5 * DAY + 1
    assert office.reply(notice, "send").kind == "already"
    assert office.state(identifier) == "expired"
    subjects = [str(mail["Subject"]) for _, mail in office.deliver()]
    assert any(each.startswith("Not sent") for each in subjects)


def test_what_is_too_large_is_not_attached(office: Office) -> None:
    office.take(RAW + b"x" * ATTACH_MOST)
    office.deliver()
    office.desk.tick(NOW + 5 * DAY + 1)
    ((_, told),) = office.deliver(5 * DAY + 1)
    assert list(told.iter_attachments()) == []
    assert "among the mail you have sent" in " ".join(texts(told)[0].split())


def test_a_reminder_for_what_was_settled_meanwhile_is_not_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    identifier = office.take()
    office.deliver()
    with office.desk.record.reading() as connection:
        stale = custody.due(connection, NOW + DAY + 1)
    office.desk.discard(identifier, actor="officer", now=NOW)
    office.deliver()
    monkeypatch.setattr(custody, "due", lambda _connection, _now: (stale[0], stale[0]))
    office.desk.tick(NOW + DAY + 1)
    assert office.deliver(DAY + 1) == []
    assert office.state(identifier) == "discarded"


def test_officers_are_not_flooded(office: Office) -> None:
    for number in range(6):
        office.take(RAW + b"%d" % number, envelope=Envelope(None, (STRAY,)), verdict=asked(STRAY, action=Action.HOLD))
    subjects = [str(mail["Subject"]) for _, mail in office.deliver()]
    assert len(subjects) == 4
    assert sum("More messages are held" in each for each in subjects) == 1


def test_who_is_in_question_can_be_left_out(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    assert "  discard 1  leave this recipient out" in texts(notice)[0]
    assert office.reply(notice, "discard 1").kind == "done"
    [(envelope, mail)] = [(envelope, mail) for envelope, mail in office.deliver() if envelope["sender"]]
    assert envelope["recipients"] == [str(TOM), str(SECRET)]
    assert office.state(identifier) == "released"
    assert (mail["To"], mail["Cc"]) == (None, str(TOM))  # an answer to all would go astray after all
    assert mail["X-Straymail-Corrected"] == f"{STRAY} left out"


def test_leaving_out_a_bcc_recipient_leaves_no_trace(office: Office) -> None:
    office.take(verdict=asked(SECRET))
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "discard 1").kind == "done"
    [(envelope, mail)] = [(envelope, mail) for envelope, mail in office.deliver() if envelope["sender"]]
    assert envelope["recipients"] == [str(STRAY), str(TOM)]
    assert (mail["To"], mail["Cc"]) == (f"Robert Holt <{STRAY}>", str(TOM))
    assert str(SECRET) not in str(mail)


def test_who_is_left_out_and_meant_elsewhere_stays(office: Office) -> None:
    raw = RAW.replace(b"Cc: tom@mod.example", f"Cc: {RIGHT}".encode())
    office.take(raw, verdict=asked(STRAY, RIGHT), envelope=Envelope(CLARA, (STRAY, RIGHT)))
    ((_, notice),) = office.deliver()
    assert office.reply(notice, "fix 1, discard 2").kind == "done"
    [(envelope, mail)] = [(envelope, mail) for envelope, mail in office.deliver() if envelope["sender"]]
    assert envelope["recipients"] == [str(RIGHT)]
    assert (mail["To"], mail["Cc"]) == (f"Robert Holt <{RIGHT}>", None)
    assert mail.get_all("X-Straymail-Corrected") == [f"{STRAY} to {RIGHT}"]


def test_nobody_is_offered_to_leave_out_everybody(office: Office) -> None:
    office.take(envelope=Envelope(CLARA, (STRAY,)))
    ((_, notice),) = office.deliver()
    assert "  discard 1" not in texts(notice)[0]


def test_a_body_that_cannot_be_read_does_not_stop_the_clock(office: Office) -> None:
    broken, fine = office.take(), office.take(RAW + b"2")
    office.deliver()
    with office.desk.record.writing() as connection:
        connection.execute(update(schema.held).where(schema.held.c.id == broken).values(body=b"x" * 60))
    office.desk.tick(NOW + 5 * DAY + 1)
    assert (office.state(broken), office.state(fine)) == ("asked", "expired")


NAMESAKES = (parse_address("holt@army.mil"), parse_address("r.holt@army.mil"))


def namesake(stray: Address = STRAY) -> Verdict:
    asking = asked(stray, KATE)
    first, second = asking.recipients
    return replace(asking, recipients=(replace(first, meant=NAMESAKES), second))


def test_every_candidate_can_be_chosen(office: Office) -> None:
    one = replace(namesake(), recipients=namesake().recipients[:1])
    identifier = office.take(verdict=one, envelope=Envelope(CLARA, (STRAY,)))
    ((_, notice),) = office.deliver()
    for text in texts(notice):
        assert "r.holt@army.mil" in text
    assert "fix%20r.holt%40army.mil" in texts(notice)[1]
    assert office.reply(notice, "fix r.holt@army.mil").kind == "done"
    assert office.desk.show(identifier).recipients[0].final == "r.holt@army.mil"


@pytest.mark.parametrize(
    ("answer", "kind", "decided"),
    [
        ("send it to holt@army.mil", "partly", ("fix", "holt@army.mil")),
        ("fix 1 to r.holt@army.mil", "partly", ("fix", "r.holt@army.mil")),
        ("send robert.holt@army.ml", "partly", ("send", "")),
        ("fix robert.holt@army.ml", "partly", ("fix", "holt@army.mil")),
        ("discard robert.holt@army.ml", "partly", ("discard", "")),
        ("fix 1 to somebody@evil.example", "unclear", ("", "")),
        ("send to somebody@evil.example", "unclear", ("", "")),
        ("fix 2 to r.holt@army.mil", "unclear", ("", "")),
        ("discard holt@army.mil", "unclear", ("", "")),
        ("fix 1, send robert.holt@army.ml", "unclear", ("", "")),
        ("fix kate@navy.ml", "unclear", ("", "")),
    ],
)
def test_an_address_in_an_answer_picks_what_was_written_or_suggested(
    office: Office, answer: str, kind: str, decided: tuple[str, str]
) -> None:
    identifier = office.take(verdict=namesake(), envelope=Envelope(CLARA, (STRAY, KATE)))
    ((_, notice),) = office.deliver()
    assert office.reply(notice, answer).kind == kind
    first = office.desk.show(identifier).recipients[0]
    assert (first.decision, first.final) == decided


def test_of_two_answers_at_once_one_is_carried_out(office: Office) -> None:
    identifier = office.take()
    ((_, notice),) = office.deliver()
    with ThreadPoolExecutor(4) as pool:
        kinds = sorted(pool.map(lambda word: office.reply(notice, word).kind, ["fix", "send", "discard", "fix"]))
    assert kinds == ["already", "already", "already", "done"]
    with office.desk.record.reading() as connection:
        assert [entry.kind for entry in log.entries(connection, kinds=["settled"])] == ["settled"]
    assert office.state(identifier) in {"releasing", "discarded"}


def test_who_was_meant_and_is_a_recipient_already_gets_it_once(office: Office) -> None:
    shouted = parse_address("Robert.Holt@army.mil")
    office.take(envelope=Envelope(CLARA, (shouted, STRAY)))
    ((_, notice),) = office.deliver()
    office.reply(notice, "fix")
    sent = [envelope["recipients"] for envelope, _ in office.deliver() if envelope["sender"]]
    assert sent == [[str(shouted)]]


def test_a_question_that_had_to_wait_is_still_reminded_of(office: Office) -> None:
    for number in range(6):
        office.take(RAW + b"%d" % number)
    office.deliver()
    office.desk.tick(NOW + 3_700)
    subjects = [str(mail["Subject"]) for _, mail in office.deliver(3_700)]
    assert all(each.startswith("Is this who you meant?") for each in subjects)
    seen = 0
    for hour in range(2, 5):
        office.desk.tick(NOW + DAY + hour * 3_700)
        seen += sum("Still waiting" in str(mail["Subject"]) for _, mail in office.deliver(DAY + hour * 3_700))
    assert seen == 6


def test_an_answer_uses_its_token_up(office: Office) -> None:
    office.take()
    ((_, notice),) = office.deliver()
    text = reply_address(notice).local.partition("+")[2]
    assert len(reply_address(notice).local) <= 64
    office.reply(notice, "discard")
    with office.desk.record.writing() as connection, pytest.raises(TokenRefused, match="used already"):
        tokens.use(connection, text, NOW)


@pytest.mark.parametrize("identifier", ["a b@x", "a>b@x", "x" * 300, "ünicode@x", ""])
def test_an_unusable_message_id_is_not_referred_to(office: Office, identifier: str) -> None:
    office.take(RAW.replace(b"m1@mod.example", identifier.encode()))
    ((_, notice),) = office.deliver()
    assert notice["In-Reply-To"] is None
    assert notice["References"] is None


def test_a_settled_message_leaves_no_address_that_was_to_be_forgotten(office: Office) -> None:
    identifier = office.take(envelope=Envelope(CLARA, (STRAY,)))
    ((_, notice),) = office.deliver()
    office.reply(notice, "send")
    office.deliver()
    record = office.desk.record
    with record.writing() as connection:
        assert outbound.erase(connection, TOM) == 0
        custody.erase(connection, CLARA)
        assert outbound.erase(connection, CLARA) == 3  # question, message, confirmation
        assert tokens.erase(connection, CLARA) == 1
        log.erase(connection, record.keys, CLARA, NOW)
    with record.reading() as connection:
        for table in schema.metadata.sorted_tables:
            assert not [row for row in connection.execute(select(table)) if str(CLARA) in repr(row)], table.name
        assert log.verify(connection, record.keys).faults == ()
    assert office.state(identifier) == "released"
    office.reply(notice, "send")  # a late answer harms nothing and tells nobody
    assert office.deliver() == []


def test_two_corrections_to_one_address_write_it_once(office: Office) -> None:
    raw = RAW.replace(b"Cc: tom@mod.example", b"Cc: kate@navy.ml, tom@mod.example")
    identifier = office.take(raw, verdict=asked(STRAY, KATE), envelope=Envelope(CLARA, (STRAY, KATE, TOM)))
    office.deliver()
    right = {str(STRAY): str(RIGHT), str(KATE): str(RIGHT)}
    office.desk.correct(identifier, actor="officer", now=NOW, to=right)
    ((envelope, mail),) = [each for each in office.deliver() if each[0]["sender"]]
    assert envelope["recipients"] == [str(RIGHT), str(TOM)]
    assert (mail["To"], mail["Cc"]) == (f"Robert Holt <{RIGHT}>", str(TOM))


def test_what_lies_in_the_outbox_is_not_for_others(office: Office) -> None:
    office.take()
    asyncio.run(office.courier.run_due(office.now))
    written = [each.stat().st_mode & 0o777 for each in office.outbox.iterdir()]
    assert written == [0o600, 0o600]
