"""Names of files apart from their versions. Every file is invented."""

from __future__ import annotations

import pytest

from straymail.message import parse_message, words_of
from straymail.message.files import file_kind, file_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Harbour Budget v3 FINAL.xlsx", "harbour budget"),
        ("harbour_budget-2027-03-14 (2).xls", "harbour budget"),
        ("C:\\Users\\voss\\Harbour.Budget.rev12.docx", "harbour budget"),
        ("Crane Nº 4 – Prüfung.pdf", "crane nº prüfung"),
        ("IMG_20270314_0001.jpg", ""),
        ("image001.png", ""),
        ("Report.pdf", ""),
        ("v2.doc", ""),
        (".xls", ""),
        ("", ""),
        ("x" * 5_000, "x" * 200),
    ],
)
def test_stems(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def message(*files: str, text: str = "See the file.") -> bytes:
    parts = [f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"]
    parts += [
        f'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\nx\r\n'
        for name in files
    ]
    head = "From: a@mod.example\r\nTo: b@mod.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    return (head + 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + "".join(parts) + "--b--\r\n").encode()


def test_a_file_is_one_word_of_a_message() -> None:
    words = words_of(parse_message(message("Harbour Budget v3.pdf", "image001.pdf")))
    assert words[0] == "file harbour budget"
    assert len([word for word in words if word.startswith("file ")]) == 1


def test_names_an_export_left_behind_count() -> None:
    text = "Please see << File: Crane Plan v2.xls >> now.\r\n\r\n - Berth Plan.doc\r\n"
    words = words_of(parse_message(message(text=text)))
    assert words[:4] == ("file crane plan", "file berth plan", "kind sheet", "kind document")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Crane Plan.XLSX", "sheet"),
        ("crane.dwg", "drawing"),
        ("holds.kmz", "map"),
        ("berth.abc", "abc"),
        ("Plan 3.2", ""),
        ("no ending", ""),
        ("a.very-long-ending-of-a-file", ""),
        ("", ""),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert file_kind(name) == kind


def test_pictures_of_signatures_are_no_kind_of_file() -> None:
    assert "kind picture" not in words_of(parse_message(message("image001.png")))
    assert "kind picture" in words_of(parse_message(message("Harbour from above.png")))
