"""Who wrote the message that is answered: forms of quoting, and what names nobody. Everybody is invented."""

from __future__ import annotations

import pytest

from straymail.message import answered_author, parse_message


def author(body: str, subject: str = "Re: berth four") -> str:
    head = f"From: a@mod.example\r\nTo: b@mod.example\r\nSubject: {subject}\r\n"
    head += "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    return answered_author(parse_message((head + body.replace("\n", "\r\n")).encode()))


OUTLOOK = (
    "Agreed.\n\n-----Original Message-----\nFrom: Voss, Clara\nSent: Monday, 2 March 2026 10:00\nTo: Brandt, Piet\n"
    "Subject: berth four\n\nIs it free?\n"
)
NOTES = (
    "Agreed.\n\n\nClara Voss\n03/02/2026 10:00 AM\nTo: Piet Brandt/MOD/Harbour@HARBOUR\ncc:\nSubject: berth four\n\n"
    "Is it free?\n"
)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (OUTLOOK, "Voss, Clara"),
        (NOTES, "Clara Voss"),
        (
            "Agreed.\n\nOn Mon, 2 Mar 2026 at 10:00, Clara Voss <clara@voss.example> wrote:\n> Is it free?\n",
            "Clara Voss",
        ),
        ("Ja.\n\nAm 02.03.2026 um 10:00 schrieb Clara Voss:\n> Ist er frei?\n", "Clara Voss"),
        (
            (
                "Ja.\n\nVon: Clara Voss <clara@voss.example>\nGesendet: Montag, 2. März 2026\nAn: Piet Brandt\n"
                "Betreff: Liegeplatz\n\nFrei?\n"
            ),
            "clara@voss.example",
        ),
    ],
)
def test_the_writer_stands_above_the_quotation(body: str, name: str) -> None:
    assert name in author(body)
    assert "Brandt" not in author(body)


HTML = {
    "Outlook": "<p>Agreed.</p><div><p><b>From:</b> Clara Voss &lt;clara@voss.example&gt; <br>"
    "<b>Sent:</b> Monday, March 2, 2026<br><b>To:</b> Piet Brandt<br><b>Subject:</b> berth</p></div><p>Free?</p>",
    "Gmail": "<div>Agreed.</div><div class='gmail_quote'><div class='gmail_attr'>On Mon, Mar 2, 2026 Clara Voss &lt;"
    "<a href='mailto:c@v.example'>c@v.example</a>&gt; wrote:<br></div><blockquote>Free?</blockquote></div>",
    "Apple": "Agreed.<div><blockquote type='cite'><div>On 2 Mar 2026, Clara Voss &lt;c@v.example&gt; wrote:</div>"
    "<div>Free?</div></blockquote></div>",
    "Thunderbird": "<p>Ja.</p><div class='moz-cite-prefix'>Am 02.03.26 um 10:00 schrieb Clara Voss:<br></div>"
    "<blockquote type='cite'>Frei?</blockquote>",
}


@pytest.mark.parametrize("body", HTML.values(), ids=HTML)
def test_mail_programs_that_write_html(body: str) -> None:
    head = "From: a@mod.example\r\nTo: b@mod.example\r\nSubject: RE: berth\r\nContent-Type: text/html\r\n\r\n"
    found = answered_author(parse_message((head + body).encode()))
    assert "Clara Voss" in found
    assert "Brandt" not in found


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (OUTLOOK, "FW: berth four"),
        (
            "See below.\n\n---------------------- Forwarded by Piet Brandt on 03/02/2026 ------\n\n" + NOTES[10:],
            "berth four",
        ),
        ("Agreed.\n> Is it free?\n", "Re: berth four"),
        ("Agreed.\n", "Re: berth four"),
        ("", ""),
        ("x\n-----Original Message-----\n" + "From: \n" * 5_000, "Re: x"),
    ],
)
def test_nobody_is_named(body: str, subject: str) -> None:
    assert "Voss" not in author(body, subject)
