"""Calendars and cards: folded lines, odd encodings, files inside."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from straymail.extract import Extractor
from straymail.extract.readers.cards import holds_files, read_lines, unfolded

from . import builders as make


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("SUMMARY:Visit of\r\n  the minister", "SUMMARY:Visit of the minister"),
        ("LOCATION:Berlin\\, room 4\\; second floor\\nby lift", "LOCATION:Berlin, room 4; second floor\nby lift"),
        ("NOTE;ENCODING=QUOTED-PRINTABLE:the code is 48=\n21 =3D4", "NOTE:the code is 4821 =4"),
        ("NOTE;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:T=FCr", "NOTE:Tür"),
        ("NOTE;QUOTED-PRINTABLE;CHARSET=UTF-8:T=C3=BCr", "NOTE:Tür"),
        (f"NOTE;ENCODING=BASE64:{coded(b'door code 4821')}", "NOTE;ENCODING=BASE64:door code 4821"),
        (f"NOTE;ENCODING=b:{coded(b'door code 4821')}", "NOTE;ENCODING=b:door code 4821"),
        (f"NOTE:data:text/plain;base64,{coded(b'door code 4821')}", "NOTE:door code 4821"),
        ("NOTE;ENCODING=BASE64:not coded!", "NOTE;ENCODING=BASE64:not coded!"),
        ("DTSTART;TZID=b:20260512T083500", "DTSTART;TZID=b:20260512T083500"),
        ("NOTE;ENCODING=QUOTED-PRINTABLE:cut=", "NOTE:cut"),
        (";" * 5_000, ";" * 5_000),
    ],
)
def test_lines(lines: str, text: str) -> None:
    assert read_lines(unfolded(lines.encode()).decode()).text == text


def test_files_in_calendars_are_read(extractor: Extractor) -> None:
    lines = [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "SUMMARY:Visit",
        f"ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=plan.docx:{coded(make.docx('inner words'))}",
        f"ATTACH:data:application/pdf;base64,{coded(make.pdf('page words'))}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    data = "\r\n".join(lines).encode()
    assert holds_files(data)
    found = extractor.read_file(data, "visit.ics")
    assert ("visit.ics > plan.docx, document", "inner words") in found.texts
    assert ("visit.ics > attach, page 1", "page words") in found.texts
    assert found.unread == []


def test_plain_cards_hold_no_files() -> None:
    assert not holds_files(b"BEGIN:VCARD\r\nFN:Ann Lee\r\nEND:VCARD\r\n")


def test_coded_names_make_a_list(extractor: Extractor) -> None:
    name = "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:J=C3=B6rg M=C3=BCller"
    card = f"BEGIN:VCARD\r\n{name}\r\nTEL:+49 30 1234{{}}\r\nEND:VCARD\r\n"
    found = extractor.read_file("".join(card.format(each) for each in range(2)).encode(), "team.vcf")
    rows = "fn tel\nJörg Müller\t+49 30 12340\nJörg Müller\t+49 30 12341"
    assert ("team.vcf, records", rows) in found.texts
