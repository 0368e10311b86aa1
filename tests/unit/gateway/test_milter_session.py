"""Milter conversations, byte by byte, without a socket."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from straymail.gateway import milter
from straymail.gateway.milter import MilterError, Step
from straymail.gateway.milter_session import AskMessage, AskRecipient, Closed, MilterSession
from straymail.gateway.outcome import Accept, Arrival, Disposition, Refused, Reply, Taken
from straymail.message import parse_address

from . import mta

CONTINUE = (b"c", b"")
FIRST = mta.offer() + mta.connect() + mta.packet(b"H", b"client.example\0")


class Talk:
    """Feeds a session and answers its questions from prepared answers."""

    def __init__(self, *answers: Disposition, refuse: dict[str, Reply] | None = None, **limits: int) -> None:
        self.session = MilterSession(**limits)
        self.answers = list(answers)
        self.refuse = refuse or {}
        self.asked: list[str] = []
        self.arrivals: list[Arrival] = []
        self.closed = False

    def say(self, data: bytes) -> list[tuple[bytes, bytes]]:
        self.session.feed(data)
        out = b""
        while (step := self.session.step()) is not None:
            match step:
                case AskRecipient(_, address):
                    self.asked.append(str(address))
                    out += self.session.answer_recipient(self.refuse.get(str(address)))
                case AskMessage(arrival):
                    self.arrivals.append(arrival)
                    out += self.session.answer_message(self.answers.pop(0))
                case Closed():
                    self.closed = True
                    break
                case bytes():
                    out += step
        return mta.replies(out)

    def in_message(self) -> bool:
        return self.session.in_message

    def send(self, *recipients: str, sender: str = "<me@own.example>", data: bytes = b"") -> list[tuple[bytes, bytes]]:
        envelope = mta.mail(sender) + b"".join(mta.rcpt(f"<{each}>") for each in recipients)
        return self.say(envelope + mta.packet(b"T") + (data or mta.content()))


def started(*answers: Disposition, **more: object) -> Talk:
    talk = Talk(*answers, **more)  # type: ignore[arg-type]  # keywords are passed through
    talk.say(FIRST)
    return talk


# Negotiation ----------------------------------------------------------------------------------------------------------


def test_asks_for_what_it_needs_and_agrees_to_no_more_than_was_offered() -> None:
    ((command, body),) = Talk().say(mta.offer())
    version, actions, steps = struct.unpack("!III", body)
    assert (command, version, actions) == (b"O", 6, int(milter.NEEDED))
    assert Step(steps) == milter.WANTED
    for wanted in (Step.NO_REPLY_HEADER, Step.NO_REPLY_BODY, Step.LEADING_SPACE):
        ((_, masked),) = Talk().say(mta.offer(steps=mta.ALL_STEPS & ~wanted))
        assert not struct.unpack("!III", masked)[2] & wanted


def test_replies_where_the_mta_cannot_do_without() -> None:
    talk = Talk(Accept())
    talk.say(mta.offer(steps=0))
    assert talk.say(mta.connect()) == [CONTINUE]
    assert talk.say(mta.packet(b"H", b"client.example\0")) == [CONTINUE]
    assert talk.say(mta.mail("<me@own.example>")) == [CONTINUE]
    assert talk.say(mta.rcpt("<you@other.example>")) == [CONTINUE]
    assert talk.say(mta.packet(b"T")) == [CONTINUE]
    assert talk.say(mta.packet(b"L", b"Subject\0Hello\0")) == [CONTINUE]
    assert talk.say(mta.packet(b"N")) == [CONTINUE]
    assert talk.say(mta.packet(b"B", b"Hi\r\n")) == [CONTINUE]
    assert talk.say(mta.packet(b"E")) == [(b"a", b"")]
    assert talk.arrivals[0].raw == b"Subject: Hello\r\n\r\nHi\r\n"


def test_is_silent_where_no_reply_was_agreed() -> None:
    talk = started(Accept())
    assert talk.say(mta.mail("<me@own.example>")) == []
    assert talk.say(mta.rcpt("<you@other.example>")) == [CONTINUE]
    assert talk.say(mta.packet(b"T") + mta.header("Subject", "Hello") + mta.packet(b"N")) == []
    assert talk.say(mta.packet(b"B", b"Hi\r\n")) == []
    assert talk.say(mta.packet(b"E")) == [(b"a", b"")]


@pytest.mark.parametrize(
    "data",
    [
        mta.packet(b"M", b"<a@b.example>\0"),  # before negotiation
        mta.offer(version=1),
        mta.offer(actions=0x01),  # may not delete recipients
        mta.packet(b"O", b"\0\0"),
        b"\0\0\0\0",
        b"\xff\xff\xff\xffO",
        mta.offer() + mta.packet(b"?"),
        mta.offer() + mta.packet(b"E"),  # the end of no message
    ],
)
def test_refuses_what_the_protocol_does_not_allow(data: bytes) -> None:
    with pytest.raises(MilterError):
        Talk(Accept()).say(data)


# Envelope and message -------------------------------------------------------------------------------------------------


def test_the_arrival_holds_what_the_mta_said() -> None:
    talk = started(Accept())
    talk.say(
        mta.macro(b"M", auth_authen="clara", mail_addr="me@own.example")
        + mta.mail("<me@own.example>", "SIZE=100", "BODY=8BITMIME")
        + mta.macro(b"R", rcpt_addr="a@other.example")
        + mta.rcpt("<a@other.example>", "NOTIFY=NEVER")
        + mta.macro(b"R", i="4QUEUE7")
        + mta.rcpt("<b@other.example>")
        + mta.packet(b"T")
        + mta.content(("Subject", "Two\n lines"), ("To", "a@other.example"), body=b"one\r\n")
    )
    (arrival,) = talk.arrivals
    envelope = arrival.envelope
    assert (str(envelope.sender), [*map(str, envelope.recipients)]) == (
        "me@own.example",
        ["a@other.example", "b@other.example"],
    )
    assert (envelope.authenticated, envelope.client, envelope.queue_id) == ("clara", "192.0.2.7", "4QUEUE7")
    assert envelope.mail_parameters == ("SIZE=100", "BODY=8BITMIME")
    assert envelope.recipient_parameters == (("NOTIFY=NEVER",), ())
    assert arrival.raw == b"Subject: Two\r\n lines\r\nTo: a@other.example\r\n\r\none\r\n"
    assert (arrival.smtp, arrival.oversize, arrival.unreadable) == (True, False, ())


def test_the_null_sender_is_none() -> None:
    talk = started(Accept())
    talk.send("a@other.example", sender="<>")
    assert talk.arrivals[0].envelope.sender is None


def test_bytes_may_come_one_at_a_time() -> None:
    talk = Talk(Accept())
    data = FIRST + mta.mail("<me@own.example>") + mta.rcpt("<a@other.example>") + mta.packet(b"T") + mta.content()
    out = [reply for byte in data for reply in talk.say(bytes([byte]))]
    assert out[1:] == [CONTINUE, (b"a", b"")]


@given(st.lists(st.integers(1, 400), max_size=12))
def test_where_the_stream_is_cut_does_not_matter(cuts: list[int]) -> None:
    data = FIRST + mta.mail("<me@own.example>") + mta.rcpt("<a@other.example>") + mta.content(body=b"x" * 500)
    talk, at = Talk(Accept()), 0
    for cut in cuts:
        talk.say(data[at : at + cut])
        at += cut
    talk.say(data[at:])
    assert len(talk.arrivals) == 1
    assert talk.arrivals[0].raw.endswith(b"\r\n\r\n" + b"x" * 500)


@given(st.binary(max_size=300))
def test_noise_ends_in_a_protocol_error_or_silence(noise: bytes) -> None:
    talk = started(Accept(), Accept(), Accept())
    try:
        talk.say(noise)
    except MilterError:
        return
    assert len(talk.arrivals) == 0


# State ----------------------------------------------------------------------------------------------------------------


def test_nothing_is_carried_from_one_message_to_the_next() -> None:
    drop = (parse_address("stray@other.example"),)
    talk = started(Accept((("X-Straymail-Verdict", "tag"),), drop), Accept(), Taken("abc"), Accept())
    first = talk.say(
        mta.macro(b"M", auth_authen="clara")
        + mta.mail("<me@own.example>", "SMTPUTF8")
        + mta.macro(b"R", i="ONE")
        + mta.rcpt("<right@other.example>")
        + mta.rcpt("<stray@other.example>")
        + mta.content(("X-Straymail-Verdict", "forged"))
    )
    assert [command for command, _ in first] == [b"c", b"c", b"m", b"i", b"-", b"a"]
    second = talk.send("stray@other.example", "other@other.example", sender="<you@own.example>")
    assert [command for command, _ in second] == [b"c", b"c", b"a"]
    third = talk.send("stray@other.example")
    assert [command for command, _ in third] == [b"c", b"d"]
    fourth = talk.send("stray@other.example")
    assert [command for command, _ in fourth] == [b"c", b"a"]
    later = talk.arrivals[1].envelope
    assert (later.authenticated, later.queue_id, later.mail_parameters) == ("", "", ())
    assert [len(arrival.envelope.recipients) for arrival in talk.arrivals] == [2, 2, 1, 1]
    assert b"forged" not in talk.arrivals[1].raw


def test_abort_may_come_twice_and_at_any_moment() -> None:
    talk = started(Accept())
    abort = mta.packet(b"A")
    assert talk.say(abort + abort) == []
    talk.say(mta.macro(b"M", auth_authen="clara") + mta.mail("<me@own.example>") + mta.rcpt("<gone@other.example>"))
    assert talk.in_message()
    assert talk.say(mta.packet(b"T") + mta.header("Subject", "gone") + abort + abort) == []
    assert not talk.in_message()
    talk.send("here@other.example")
    (arrival,) = talk.arrivals
    assert [*map(str, arrival.envelope.recipients)] == ["here@other.example"]
    assert arrival.envelope.authenticated == ""
    assert b"gone" not in arrival.raw


def test_a_second_mail_begins_anew_even_without_an_abort() -> None:
    talk = started(Accept())
    talk.say(mta.mail("<a@own.example>") + mta.rcpt("<old@other.example>") + mta.header("Subject", "old"))
    talk.send("new@other.example", sender="<b@own.example>")
    (arrival,) = talk.arrivals
    assert str(arrival.envelope.sender) == "b@own.example"
    assert [*map(str, arrival.envelope.recipients)] == ["new@other.example"]
    assert b"old" not in arrival.raw


@pytest.mark.parametrize(
    ("said", "meant"),
    [("IPv6:0:0:0:0:0:0:0:1", "::1"), ("IPv6:2001:db8::7", "2001:db8::7"), ("2001:db8::7", "2001:db8::7")],
)
def test_a_client_has_one_address_whichever_mta_names_it(said: str, meant: str) -> None:
    """Sendmail writes all eight groups behind a prefix."""
    talk = Talk(Accept())
    talk.say(mta.offer() + mta.connect(said) + mta.mail("<me@own.example>") + mta.rcpt("<a@d.example>") + mta.content())
    assert talk.arrivals[0].envelope.client == meant


def test_quit_nc_keeps_the_connection_for_another_client() -> None:
    talk = started(Accept(), Accept())
    talk.send("a@other.example")
    assert talk.say(mta.packet(b"K")) == []
    talk.say(mta.connect("198.51.100.9"))
    talk.send("b@other.example")
    assert [arrival.envelope.client for arrival in talk.arrivals] == ["192.0.2.7", "198.51.100.9"]
    talk.say(mta.packet(b"Q"))
    assert talk.closed


# Recipients -----------------------------------------------------------------------------------------------------------


def test_a_refused_recipient_is_not_of_the_message() -> None:
    reply = Reply(550, "5.7.1", "<stray@army.example>: did you mean right@army.example?")
    talk = started(Accept(), refuse={"stray@army.example": reply})
    answers = talk.send("stray@army.example", "right@army.example")
    assert answers[0] == (b"y", b"550 5.7.1 <stray@army.example>: did you mean right@army.example?\0")
    assert answers[1:] == [CONTINUE, (b"a", b"")]
    assert [*map(str, talk.arrivals[0].envelope.recipients)] == ["right@army.example"]


def test_a_percent_sign_is_doubled_because_the_mta_formats_the_text() -> None:
    talk = started(refuse={"a@other.example": Reply(550, "5.7.1", "100% sure")})
    talk.say(mta.mail("<me@own.example>"))
    assert talk.say(mta.rcpt("<a@other.example>")) == [(b"y", b"550 5.7.1 100%% sure\0")]


def test_a_reply_of_several_lines_repeats_the_code() -> None:
    talk = started(refuse={"a@other.example": Reply(550, "5.7.1", "not this one\n\nask your officer\x07 für mehr")})
    talk.say(mta.mail("<me@own.example>"))
    ((_, body),) = talk.say(mta.rcpt("<a@other.example>"))
    assert body == b"550-5.7.1 not this one\r\n550 5.7.1 ask your officer? f?r mehr\0"


def test_mail_that_did_not_come_by_smtp_is_never_refused_at_rcpt() -> None:
    """Postfix would keep it in maildrop for ever; the sendmail command gives addresses without brackets."""
    talk = started(Accept(), refuse={"stray@army.example": Reply(550, "5.7.1", "no")})
    out = talk.say(mta.mail("me@own.example") + mta.rcpt("stray@army.example") + mta.rcpt("odd@@name") + mta.content())
    assert [command for command, _ in out] == [b"c", b"c", b"a"]
    assert talk.asked == []
    (arrival,) = talk.arrivals
    assert not arrival.smtp
    assert [*map(str, arrival.envelope.recipients)] == ["stray@army.example"]
    assert arrival.unreadable == ("odd@@name",)


def test_recipients_postfix_itself_refused_are_not_seen() -> None:
    """It tells of them only when asked to (0x800), and we do not ask."""
    assert not int(milter.WANTED) & 0x800
    talk = started(Accept())
    talk.say(mta.mail("<me@own.example>") + mta.macro(b"R", rcpt_mailer="error", rcpt_addr="unknown@own.example"))
    talk.say(mta.rcpt("<known@own.example>") + mta.content())
    assert [*map(str, talk.arrivals[0].envelope.recipients)] == ["known@own.example"]


def test_what_is_no_mailbox_is_refused_at_once_and_a_bare_name_is_kept() -> None:
    talk = started(Accept())
    out = talk.say(mta.mail("<me@own.example>") + mta.rcpt("<a b@other.example>") + mta.rcpt("<postmaster>"))
    assert out[0][1].startswith(b"553 5.1.3 ")
    assert out[1] == CONTINUE
    talk.say(mta.content())
    assert talk.arrivals[0].unreadable == ("<postmaster>",)


@pytest.mark.parametrize("path", ["<holt%army.example>", "<army.example!holt>", "holt%army.example"])
def test_another_machines_mailbox_in_an_old_way_of_writing_is_no_bare_name(path: str) -> None:
    """Postfix and Sendmail make holt@army.example of it, behind our back."""
    talk = started(Accept())
    talk.say(mta.mail("<me@own.example>"))
    assert talk.say(mta.rcpt(path))[0][1].startswith(b"553 5.1.3 ")


def test_too_many_recipients_may_be_sent_again() -> None:
    talk = started(Accept(), max_recipients=2)
    talk.say(mta.mail("<me@own.example>"))
    out = talk.say(b"".join(mta.rcpt(f"<r{number}@other.example>") for number in range(3)))
    assert [command for command, _ in out] == [b"c", b"c", b"y"]
    assert out[2][1].startswith(b"452 4.5.3 ")


# Answers --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        (Accept(), [(b"a", b"")]),
        (Taken("abc"), [(b"d", b"")]),
        (Refused(Reply(451, "4.3.0", "later")), [(b"y", b"451 4.3.0 later\0")]),
        (Refused(Reply(550, "5.7.1", "no")), [(b"y", b"550 5.7.1 no\0")]),
    ],
)
def test_dispositions_on_the_wire(disposition: Disposition, expected: list[tuple[bytes, bytes]]) -> None:
    assert started(disposition).send("a@other.example")[1:] == expected


def test_forged_fields_go_and_ours_come_before_the_reply() -> None:
    talk = started(Accept((("X-Straymail-Verdict", "would-ask; 50 %"),), (parse_address("b@other.example"),)))
    out = talk.send(
        "a@other.example",
        "b@other.example",
        data=mta.content(
            ("X-Straymail-Verdict", "pass"),
            ("Subject", "s"),
            ("X-STRAYMAIL-Delivery", "x"),
            ("x-straymail-verdict", "y"),
        ),
    )
    assert out[2:] == [
        (b"m", struct.pack("!I", 2) + b"x-straymail-verdict\0\0"),
        (b"m", struct.pack("!I", 1) + b"x-straymail-verdict\0\0"),
        (b"m", struct.pack("!I", 1) + b"x-straymail-delivery\0\0"),
        (b"i", struct.pack("!I", 0) + b"X-Straymail-Verdict\0 would-ask; 50 %\0"),
        (b"-", b"<b@other.example>\0"),
        (b"a", b""),
    ]


def test_mail_of_our_own_keeps_its_fields() -> None:
    talk = started(Accept(ours=True))
    out = talk.send("a@other.example", data=mta.content(("X-Straymail-Delivery", "key; mac")))
    assert out == [CONTINUE, (b"a", b"")]


def test_a_header_value_cannot_start_another_field() -> None:
    talk = started(Accept((("X-Straymail-Verdict", "tag\r\nBcc: evil@other.example\0"),)))
    out = talk.send("a@other.example")
    assert out[1] == (b"i", struct.pack("!I", 0) + b"X-Straymail-Verdict\0 tag??Bcc: evil@other.example?\0")


def test_a_message_all_of_whose_recipients_are_dropped_is_no_answer() -> None:
    """Postfix would drop it silently: the connection fails instead, and the client keeps the message."""
    talk = started(Accept(drop=(parse_address("a@other.example"),)))
    with pytest.raises(MilterError):
        talk.send("a@other.example")


def test_what_is_over_the_limit_is_counted_and_not_kept() -> None:
    talk = started(Accept(), Accept(), max_size=1_000)
    talk.send("a@other.example", data=mta.content(body=b"x" * 5_000))
    assert talk.arrivals[0].oversize
    assert len(talk.arrivals[0].raw) <= 1_000
    talk.send("a@other.example")
    assert not talk.arrivals[1].oversize


def test_more_than_an_mta_sends_ahead_is_refused() -> None:
    session = MilterSession()
    session.feed(b"x" * milter.MAX_BUFFER)
    with pytest.raises(MilterError):
        session.feed(b"x")


@pytest.mark.parametrize(("code", "enhanced"), [(200, "2.0.0"), (600, "6.0.0"), (550, "4.7.1")])
def test_a_reply_no_client_understands_is_refused(code: int, enhanced: str) -> None:
    with pytest.raises(ValueError, match=str(code)):
        Reply(code, enhanced, "text")
