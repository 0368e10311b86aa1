"""Rewriting raw mail, telling new text from quoted, HTML as text."""

from __future__ import annotations

import pytest

from straymail.message import (
    body_text,
    html_to_text,
    new_text,
    parse_address,
    parse_message,
    quoted_text,
    signature_text,
)
from straymail.message.rewrite import add_headers, bare_newlines, remove_headers, replace_address

from .samples import HEAD, mail

RAW = (
    b"X-Straymail-Verdict: pass\r\nFrom: Ann <ann@mod.example>\r\n"
    b'To: "General, X" <gen@army.ml>,\r\n\tbob@x.example (Bob),\r\n Crew: gen@army.ml, c@x.example;\r\n'
    b"DKIM-Signature: a=b;\r\n\tc=d\r\nx-straymail-token: 1;\r\n 2\r\nCc: GEN@army.ml\r\n\r\nTo: gen@army.ml\r\n"
)


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_forged_headers_go_and_nothing_else(newline: bytes) -> None:
    raw = RAW.replace(b"\r\n", newline)
    left = b"X-Straymail-Verdict: pass\r\n".replace(b"\r\n", newline)
    forged = b"x-straymail-token: 1;\r\n 2\r\n".replace(b"\r\n", newline)
    assert remove_headers(raw, "X-Straymail-*") == raw.replace(left, b"").replace(forged, b"")
    assert remove_headers(raw, "x-straymail-VERDICT") == raw.replace(left, b"")
    assert remove_headers(raw, "Absent", "Body-*") == raw


def test_headers_go_on_top_in_the_mails_own_line_end() -> None:
    added = add_headers(b"From: a\n\nx", [("X-A", "one\r\nBcc: evil@x.example"), ("X-B", "ü")])
    assert added == b"X-A: one  Bcc: evil@x.example\nX-B: =?utf-8?b?w7w=?=\nFrom: a\n\nx"
    assert add_headers(b"From me\nA: b\n\n", [("X", "y")]) == b"From me\nX: y\nA: b\n\n"
    long = add_headers(b"", [("X-Long", "word " * 60 + "ü" * 90)])
    assert max(len(line) for line in long.split(b"\r\n")) <= 78
    assert parse_message(long + b"\r\n").header("X-Long") == "word " * 60 + "ü" * 90


def test_one_address_is_replaced_everywhere_it_is_addressed() -> None:
    changed = replace_address(RAW, parse_address("gen@army.ml"), parse_address("gen@army.mil"))
    expected = RAW.replace(b'"General, X" <gen@army.ml>', b'"General, X" <gen@army.mil>')
    expected = expected.replace(b"Crew: gen@army.ml", b"Crew: gen@army.mil").replace(
        b"Cc: GEN@army.ml", b"Cc: gen@army.mil"
    )
    assert changed == expected


@pytest.mark.parametrize(
    ("box", "written"),
    [
        (b'"gen@army.ml" <gen@army.ml>', b"gen@army.mil"),
        (b'"Gen (Gen@Army.ml)" <gen@army.ml>', b"gen@army.mil"),
        (b"=?utf-8?q?a=00b=1b=5b2J=0ac?= <gen@army.ml>", b'"a b [2J c" <gen@army.mil>'),
        (b"=?utf-8?q?=00?= <gen@army.ml>", b"gen@army.mil"),
        (b"J\xf6rg <gen@army.ml>", b"=?utf-8?b?SsO2cmc=?= <gen@army.mil>"),
        (b"J\xc3\xb6rg <gen@army.ml>", b"=?utf-8?b?SsO2cmc=?= <gen@army.mil>"),
        (b"=?utf-8?b?PT91dGYtOD9xP3g9MGF5Pz0=?= <gen@army.ml>", b"=?utf-8?b?PT91dGYtOD9xP3g9MGF5Pz0=?= <gen@army.mil>"),
    ],
)
def test_a_name_that_is_kept_is_a_name(box: bytes, written: bytes) -> None:
    changed = replace_address(b"To: " + box + b"\r\n\r\n", parse_address("gen@army.ml"), parse_address("gen@army.mil"))
    assert changed == b"To: " + written + b"\r\n\r\n"


@pytest.mark.parametrize(
    ("name", "written"),
    [(None, b"amy@x.example"), ("Amy B", b'"Amy B" <amy@x.example>'), ("Ämy", b"=?utf-8?b?w4RteQ==?= <amy@x.example>")],
)
def test_the_name_of_the_wrong_person_goes_with_the_address(name: str | None, written: bytes) -> None:
    raw = b"To: Bob <bob@x.example> (that Bob), c@x.example\r\n\r\n"
    changed = replace_address(raw, parse_address("bob@x.example"), parse_address("amy@x.example"), name)
    assert changed == b"To: " + written + b", c@x.example\r\n\r\n"


def test_an_address_that_is_not_there_changes_nothing() -> None:
    raw = b'To: \xff\xfe <b@x.example>, "a\r\n b" <c@x.example>\r\nnonsense\r\n\r\n'
    assert replace_address(raw, parse_address("z@x.example"), parse_address("y@x.example")) == raw


@pytest.mark.parametrize(
    ("raw", "bare"),
    [
        (b"a\r\nb\r\n", False),
        (b"a\n", True),
        (b"a\r", True),
        (b"\r\n.\n\r\n", True),
        (b"\r\n\r.\r\n", True),
        (b"", False),
    ],
)
def test_bare_newlines(raw: bytes, bare: bool) -> None:
    assert bare_newlines(raw) is bare


NEW = "The plan is below.\nSee you."
FORMS = [
    "On Mon, 2 Feb 2026 at 10:00, Bob B <bob@x.example> wrote:\n> old words\n> more",
    "On Mon, 2 Feb 2026 at 10:00, Bob Bobson the Third of Longname <bob@x.example>\nwrote:\n> old words",
    "Am 02.02.2026 um 10:00 schrieb Bob:\n> old words",
    "Le 2 février 2026, Bob a écrit :\n> old words",
    "Bob B <bob@x.example> wrote:\n\nold words without a mark",
    "-----Original Message-----\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: plan\n\nold words",
    "-----Ursprüngliche Nachricht-----\nVon: Bob\n\nold words",
    "---------- Forwarded message ---------\nFrom: Bob\n\nold words",
    "------------- Forwarded by Bob B/OPS/Firm on 02/02/2026 \n10:00 AM -------------\n\nold words",
    "Begin forwarded message:\n\nFrom: Bob\nold words",
    "From: Bob <bob@x.example>\nSent: Monday\nTo: Ann\nSubject: plan\n\nold words",
    "Von: Bob\nGesendet: Montag\nAn: Ann\nBetreff: Plan\n\nold words",
    "Bob B@FIRM\n02/02/2026 10:00 AM\nTo: Ann A/OPS/Firm@FIRM\ncc:  \n\nSubject: plan\n\nold words",
    '"Bob B" <bob@x.example> on 02/02/2026 10:00:00 AM\nTo: ann@x.example\ncc:\n\nSubject: plan\n\nold words',
    "From: Bob B/OPS on 02/02/2026\nTo: " + "Ann A/OPS@FIRM, \n" * 12 + "cc:\nSubject: plan\n\nold words",
    "> old words",
    "BB> old words",
    "| old words",
]


@pytest.mark.parametrize("quote", FORMS, ids=lambda quote: quote[:24])
def test_quoted_text_is_told_from_new(quote: str) -> None:
    message = parse_message(mail(f"{NEW}\n\n{quote}\n".encode()))
    assert new_text(message) == NEW
    assert "old words" in quoted_text(message)


@pytest.mark.parametrize(
    "text",
    [
        "From here to the sea.\nTo: a good year.", "I wrote:\nnothing", "if a > b then stop", "Qty|Price\n3|4",
        "he said that the report was late", "------------------------\nResults\n------------------------",
        "Dear Bob/Ann\n\nTo be discussed on Monday.", "-- no signature, a dash", "This is confidential.",
    ],
)  # fmt: skip
def test_new_text_that_looks_like_a_quotation(text: str) -> None:
    assert new_text(parse_message(mail(text.encode()))) == text


@pytest.mark.parametrize(
    "closing",
    [
        "-- \nAnn A\nMinistry", "--\nAnn A",
        "This e-mail is confidential and for the intended recipient only.",
        "**********\nThis message may be privileged. If you received this in error, tell us.",
        "CONFIDENTIALITY NOTICE: for the use of the addressee;\nif received in error, delete it.",
    ],
)  # fmt: skip
def test_signatures_and_notices_are_set_apart(closing: str) -> None:
    message = parse_message(mail(f"{NEW}\n{closing}\n-----Original Message-----\nold".encode()))
    assert new_text(message) == NEW
    assert closing in signature_text(message)
    assert "old" in quoted_text(message)


def test_an_answer_between_quotations_is_new() -> None:
    message = parse_message(mail(b"> Will you come?\nYes.\n> When?\nMonday.\n"))
    assert new_text(message) == "Yes.\nMonday."


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello &amp; <b>you</b></p><p>two<br>three", "Hello & you\n\ntwo\nthree"),
        ("<style>p{}</style><script>a<b</SCRIPT >x<!-- c --><![CDATA[y]]>z", "xz"),
        ('<a title="a>b" href=x>link</a>', "link"), ("<p don't>it's", "it's"), ("a < b > c <3", "a < b > c <3"),
        ("<table><tr><td>a<td>b</table>", "a\tb"), ("<blockquote>old<p>older</blockquote>new", "> old\n> older\nnew"),
        ("<pre>a\n b</pre>", "a\nb"), ("&#" + "9" * 5_000 + ";", "&#" + "9" * 5_000 + ";"), ("<", "<"), ("", ""),
        ("<div style='display:none'>hidden</div>", "hidden"), ("un<b>bro</b>ken", "unbroken"),
    ],
)  # fmt: skip
def test_html_as_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<tr><th>User</th><th>Code</th></tr>\n<tr><td><p>js</p></td><td><div>K7</div></td>", "User\tCode\njs\tK7"),
        ("<tbody><tr><td>&nbsp;</td><td>b</td><td></td><td>d<br>e</td><td></td></tr></tbody>", "\tb\t\td e"),
        ("<tr><td>a</td><td><p>b</p></td></tr></table>after", "a\tb\n\nafter"),
        ("<tr><td>k</td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr>", "k\n\na\tb"),
        # Letters laid out by tables keep their lines.
        ("<tr><td><p>Dear all</p><p>One.</p></td></tr><tr><td>Two.</td></tr>", "Dear all\n\nOne.\n\nTwo."),
        ("<tr><td>x</td><td>a<br>b<br>c<br>d</td></tr>", "x a\nb\nc\nd"),
        (f"<tr><td>x</td><td>{'w' * 201}</td></tr>", f"x {'w' * 201}"),
        ("<tr><td>x</td><td><blockquote>old</blockquote></td></tr>", "x\n> old"),
        ("<tr><td>a\x01b</td></tr>", "a b"),
    ],
)  # fmt: skip
def test_rows_of_tables_are_lines(html: str, text: str) -> None:
    assert html_to_text(f"<table>{html}</table>").strip("\n") == text
    assert html_to_text(f"<blockquote><table>{html}</table></blockquote>").count("\t") == text.count("\t")


def test_many_empty_cells_take_no_time() -> None:
    assert html_to_text("<table>" + "<td><p>" * 200_000 + "end").split() == ["end"]
    assert html_to_text("<table><tr><td>" * 100_000 + "end").split() == ["end"]


def test_html_mail_has_new_and_quoted_text() -> None:
    raw = mail(b"<p>New.</p><blockquote>old</blockquote>", b"Content-Type: text/html\r\n")
    assert (new_text(parse_message(raw)), quoted_text(parse_message(raw))) == ("New.", "> old")


def test_text_beyond_the_limit_is_kept() -> None:
    assert html_to_text("<p>ab</p><p>c", limit=9) == "ab<p>c"
    long = parse_message(HEAD + b"\r\nstart\n" + b"x" * 1_200_000 + b"end")
    assert new_text(long).endswith("end")
    assert body_text(long).startswith("start")
