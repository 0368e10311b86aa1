"""What a reader may overlook, and a program must not: below notices, in HTML parts, behind links, in odd spaces."""

from __future__ import annotations

import pytest

from straymail.content import examine, examine_text
from straymail.content.plain import plain
from straymail.message import html_only, links, parse_message

HEAD = "From: a@mod.example\r\nTo: b@army.mil\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
NOTICE = (
    "IMPORTANT NOTICE: This email is confidential and intended only for the addressee. If you received this in error, "
    "tell the sender and delete it.\n"
)


def found(body: str, kind: str = "text/plain") -> dict[str, str]:
    """Ids and places."""
    head = f"{HEAD}Content-Type: {kind}; charset=utf-8\r\n\r\n"
    raw = (head + body.replace("\n", "\r\n")).encode()
    return {finding.id: finding.where for finding in examine(parse_message(raw))}


def both(plain_part: str, html: str) -> str:
    """A message with a plain part and an HTML part."""
    return (
        f"{HEAD}Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"{plain_part}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (
            "This information is confidential and privileged, so keep it to yourself.\n\nThe root password is Kx9#pQ2m",
            {"secret.password": "signature, line 3"},
        ),
        (NOTICE + "\nSECRET//NOFORN\nThe convoy leaves at dawn.", {"marking.us": "signature, line 3"}),
        ("Hi\n-- \nAnna\n\nOFFICIAL-SENSITIVE", {"marking.uk": "signature, line 4"}),
        ("Hi\n-- \nAnna Voss\nHarbour Light, +49 30 901820\n\n" + NOTICE, {}),
        ("Hi\n\nCONFIDENTIALITY NOTICE: CONFIDENTIAL and privileged; for the addressee.", {}),
    ],
)
def test_signatures_and_notices_are_examined(body: str, ids: dict[str, str]) -> None:
    assert found(body) == ids


def test_what_only_the_html_part_says_is_examined() -> None:
    html = "<p>SECRET//NOFORN</p><p>The root password is Kx9#pQ2m</p>"
    ids = {each.id: each.where for each in examine(parse_message(both("Please view this in HTML.", html).encode()))}
    assert ids == {"marking.us": "HTML of the body, line 1", "secret.password": "HTML of the body, line 2"}


ROWS = "<tr><th>User</th><th>Password</th></tr><tr><td><p>js</p></td><td><p>BlueKettle19</p></td></tr>"


@pytest.mark.parametrize(
    ("plain_part", "where"),
    [
        ("User\r\n\r\nPassword\r\n\r\njs\r\n\r\nBlueKettle19", ["HTML of the body, line 2"]),
        ("User Password\r\njs BlueKettle19", []),
    ],
)
def test_rows_that_the_plain_part_has_torn_are_read_in_the_html(plain_part: str, where: list[str]) -> None:
    raw = both(plain_part, f"<table>{ROWS}</table>")
    assert [each.where for each in examine(parse_message(raw.encode())) if each.id == "secret.password"] == where


@pytest.mark.parametrize(
    ("html", "where"),
    [
        ('<img src=x alt="The root password is Kx9#pQ2m">', ["alternative text of the body"]),
        ("<a href='x' TITLE='the root password is\n Kx9#pQ2m'>x</a>", ["alternative text of the body"]),
        ('<img alt="The root password is Kx9#pQ2m"><p>The root password is Kx9#pQ2m</p>', ["body"]),
        ('<img alt="Logo"><img alt="', []),
    ],
)
def test_alternative_text_is_examined(html: str, where: list[str]) -> None:
    raw = f"{HEAD}Content-Type: text/html\r\n\r\n{html}"
    assert [each.where for each in examine(parse_message(raw.encode()))] == where


def test_what_both_parts_say_is_found_once() -> None:
    html = "<p>Hello &amp; good day</p><p>The <b>root</b> password is: Kx9#pQ2m</p><p>See <i>you</i></p>"
    raw = both("Hello & good day\r\n\r\nThe *root* password is: Kx9#pQ2m\r\n\r\nSee you", html)
    assert [each.where for each in examine(parse_message(raw.encode()))] == ["body, line 3"]


@pytest.mark.parametrize(
    ("plain_part", "html", "only"),
    [
        ("One two.", "<p>One <b>two</b>.</p>", ""),
        ("One two.", "<style>p {x: y}</style><!-- three --><p>One two.<script>four</script>", ""),
        ("> One\r\n\r\n* two", "<ul><li>One</li><li>two</li></ul>", ""),
        ("One", "<p>Zero</p><p>One</p><p>Two</p><p>One</p>", "Zero\nOne\nTwo"),
        ("", "<p>One</p>", ""),
        ("One", "<p>O<b>n</b>e</p>", ""),
    ],
)
def test_html_only(plain_part: str, html: str, only: str) -> None:
    assert html_only(parse_message(both(plain_part, html).encode())) == only


RESET = "https://app.example.com/users/password/edit?reset_password_token=Zx8k_LmPqR7vW2nT5yBd"


@pytest.mark.parametrize(
    ("html", "ids"),
    [
        (f'<a href="{RESET}">set your password</a>', {"secret.reset-link": "links of the body"}),
        (f"<a class=x href='{RESET}&amp;x=1'>here</a>", {"secret.reset-link": "links of the body"}),
        ('<a href="https://www.google.com/maps/@12.65432,-8.01234,15z">here</a>', {"place.link": "links of the body"}),
        ('<a href="https://list.example.com/c?u=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c">news</a>', {}),
        ('<a href="mailto:anna@mod.example">write</a>', {}),
        (f'<a href="{RESET}">{RESET}</a>', {"secret.reset-link": "body"}),
    ],
)
def test_links_of_html(html: str, ids: dict[str, str]) -> None:
    assert found(html, "text/html") == ids


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<A HREF='https://a.example/reset?a=1&amp;b=2'>x</A>", ("https://a.example/reset?a=1&b=2",)),
        ('<a href="https://a.example/?a=1&amp;b=2">x</a>', ("https://a.example/?a=1&b=2",)),
        ("<a href=http://a.example>x</a><a href='http://a.example'>", ("http://a.example",)),
        ('<a href="#top">x</a> href=', ()),
        ('<a href="https://a.example/', ("https://a.example/",)),
    ],
)
def test_links(html: str, expected: tuple[str, ...]) -> None:
    assert links(html) == expected


@pytest.mark.parametrize("html", ["<style" * 100_000, "<!--" * 100_000, "<" * 400_000, "href=http" * 100_000])
def test_hostile_html_takes_no_long_time(html: str) -> None:
    examine(parse_message(both("One", html).encode()))


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("the password\u00a0is Kx9#pQ2m", "secret.password"),
        ("Mot de passe\u00a0: Soleil2024!", "secret.password"),
        ("Mot de passe\u202f: Soleil2024!", "secret.password"),
        ("the pass\u00adword is Kx9#pQ2m", "secret.password"),
        ("Password\uff1aKx9#pQ2m", "secret.password"),
        ("SECRET//REL\u00a0TO\u00a0USA, FVEY", "marking.us"),
        ("OFFICIAL\u2011SENSITIVE", "marking.uk"),
        ("\ufeffSECRET//NOFORN", "marking.us"),
        ("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "money.iban"),
        ("position \u22128.0123, 12.6543", "place.coordinates"),
    ],
)
def test_odd_spaces_and_hyphens(text: str, identifier: str) -> None:
    assert identifier in {finding.id for finding in examine_text(text, "body")}


def test_plain_leaves_other_letters_alone() -> None:
    text = "Łódź – “żółw” — 東京\n"
    assert plain(text) == text
