"""Office documents: the parts where banners and inserted documents stand, and what is damaged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from straymail.extract import Extraction, Extractor
from straymail.extract.readers.office_parts import header_text

from . import builders as make

GUID = "2096f6a2-d2f7-48be-b329-b73aaa526e5d"


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor() as shared:
        yield shared


def text_of(found: Extraction) -> str:
    return "\n".join(text for _, text in found.texts)


def with_parts(data: bytes, parts: dict[str, bytes | str]) -> bytes:
    return make.zipped({**make.unzipped(data), **parts})


HEADER = '<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12{}&amp;RPage &amp;P</oddHeader></headerFooter>'


def test_headers_of_sheets_are_read(extractor: Extractor) -> None:
    book = make.unzipped(make.xlsx())
    sheet = "xl/worksheets/sheet1.xml"
    rows = b"<row r='2'><c r='A2'><v>1</v></c></row>" * 40_000  # so that it is not in the first piece
    book[sheet] = book[sheet].replace(b"</sheetData>", rows + b"</sheetData>" + HEADER.format("SECRET").encode())
    found = extractor.read_file(make.zipped({**book}), "crew.xlsx")
    assert ("crew.xlsx, header of sheet1", "SECRET\nPage") in found.texts
    assert not any("header of sheet2" in where for where, _ in found.texts)
    assert found.unread == []


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("<headerFooter><oddHeader>&amp;CR&amp;&amp;D &amp;K01+000x</oddHeader></headerFooter>", "R&D x"),
        ("<x:headerFooter><x:oddFooter>&amp;KFF0000RED</x:oddFooter></x:headerFooter><x:a>no</x:a>", "RED"),
        ("<headerFooter><oddHeader>a</oddHeader><evenHeader>a</evenHeader><firstHeader/></headerFooter>", "a"),
        ("<headerFooter>", ""),
        ("<headerFooter " + "<" * 500, "<" * 500),
    ],
)
def test_codes_of_headers_are_left_out(part: str, text: str) -> None:
    assert header_text(part.encode()).removeprefix("<headerFooter ") == text


SHAPE = "<p:sp><p:nvSpPr><p:nvPr>{}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>"
MASTER = (
    "<p:sldMaster xmlns:p='p' xmlns:a='a'>"
    + SHAPE.format("<p:ph type='title'/>", "Click to edit")
    + SHAPE.format("", "SECRET//NOFORN")
    + "<p:grpSp>"
    + SHAPE.format("", "grouped")
    + "</p:grpSp>"
    + SHAPE.format("<p:ph type='ftr' idx='3'/>", "foot words")
    + SHAPE.format("<p:ph/>", "Second level")
    + "</p:sldMaster>"
)


@pytest.mark.parametrize(
    "part", ["slideMasters/slideMaster1.xml", "slideLayouts/slideLayout3.xml", "notesMasters/notesMaster1.xml"]
)
def test_banners_on_masters_are_read_without_their_invitations(extractor: Extractor, part: str) -> None:
    data = make.zipped({"[Content_Types].xml": "<Types/>", f"ppt/{part}": MASTER})
    found = extractor.read_file(data, "talk.pptx")
    assert text_of(found).split() == ["SECRET//NOFORN", "grouped", "foot", "words"]


def test_inserted_documents_are_read(extractor: Extractor) -> None:
    mht = "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>archive <b>words</b></p>"
    data = with_parts(make.docx("body"), {
        "word/afchunk1.mht": mht, "word/afchunk2.html": "<p>page <b>words</b></p>",
        "word/afchunk3.rtf": "{\\rtf1 rich words}", "word/afchunk4.txt": "plain words",
        "word/afchunk5.docx": make.docx("deep words"), "word/fonts/font1.odttf": b"\0\1\2" * 99,
        "word/unknown.dat": bytes(range(256)), "word/header_settings.xml": "<w:hdr><w:t>top words</w:t></w:hdr>",
    })  # fmt: skip
    found = extractor.read_file(data, "a.docx")
    for words in ("archive words", "page words", "rich words", "plain words", "deep words", "top words"):
        assert words in text_of(found)
    assert found.unread == []


def test_watermarks_of_words_are_read(extractor: Extractor) -> None:
    shape = '<v:shape xmlns:v="v"><v:textpath style="x" string="SECRET//NOFORN"/></v:shape>'
    head = f"<w:hdr {make.W}><w:p>{shape}</w:p></w:hdr>"
    found = extractor.read_file(with_parts(make.docx("body"), {"word/header1.xml": head}), "a.docx")
    assert "SECRET//NOFORN" in text_of(found).splitlines()


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ("", [f"label {GUID}"]),
        ('enabled="1" removed="0"', [f"label {GUID}"]),
        ('name="Secret"', ["Secret"]),
        ('removed="1"', []),
        ('enabled="0"', []),
    ],
)
def test_labels_of_documents_are_told(extractor: Extractor, attributes: str, value: list[str]) -> None:
    label = f'<c:labelList xmlns:c="c"><c:label id="{{{GUID}}}" siteId="{{{GUID}}}" {attributes}/></c:labelList>'
    found = extractor.read_file(with_parts(make.docx("body"), {"docMetadata/LabelInfo.xml": label}), "a.docx")
    assert [each[2] for each in found.properties if each[1] == f"MSIP_Label_{GUID}_Name"] == value


def test_macros_are_said_to_be_unread(extractor: Extractor) -> None:
    found = extractor.read_file(with_parts(make.docx("body"), {"word/vbaProject.bin": b"\xd0\xcf"}), "a.docm")
    assert [(each.id, each.where) for each in found.unread] == [("unread.type", "a.docm > vbaproject.bin")]


def test_macros_of_open_documents_are_read(extractor: Extractor) -> None:
    module = "<script:module xmlns:script='s'>macro words</script:module>"
    data = make.zipped({
        "mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>",
        "Basic/Standard/Module1.xml": module, "Basic/script-lc.xml": "<a>list</a>",
        "Scripts/python/a.py": "x = 'words'",
    })  # fmt: skip
    assert text_of(extractor.read_file(data, "a.odt")).splitlines() == ["macro words", "x = 'words'"]


def test_what_stands_before_a_fault_is_read_and_the_fault_is_said(extractor: Extractor) -> None:
    body = f"<w:document {make.W}><w:p><w:t>first words</w:t></w:p><w:p></w:r></w:p></w:document>"
    found = extractor.read_file(with_parts(make.docx(), {"word/document.xml": body}), "a.docx")
    assert "first words" in text_of(found)
    assert [(each.id, each.where) for each in found.unread] == [("unread.damaged", "a.docx, document")]


def test_hyphens_and_spaces_that_are_elements_are_kept(extractor: Extractor) -> None:
    body = f"<w:document {make.W}><w:p><w:t>OFFICIAL</w:t><w:noBreakHyphen/><w:t>SENSITIVE</w:t></w:p></w:document>"
    assert text_of(extractor.read_file(with_parts(make.docx(), {"word/document.xml": body}), "a.docx")) == (
        "OFFICIAL-SENSITIVE"
    )
    spaced = "<a xmlns:text='t'><text:p>two<text:s/>words</text:p></a>"
    odt = make.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": spaced})
    assert text_of(extractor.read_file(odt, "a.odt")) == "two words"


def cells(kind: str, *rows: tuple[str, ...]) -> str:
    """A table as Word, PowerPoint and OpenDocument write it, each cell a paragraph."""
    row, cell, text = {
        "docx": ("w:tr", "w:tc", "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"),
        "pptx": ("a:tr", "a:tc", "<a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody>"),
        "odt": ("table:table-row", "table:table-cell", "<text:p>{}</text:p>"),
    }[kind]
    lines = ("".join(f"<{cell}>{text.format(each)}</{cell}>" for each in each_row) for each_row in rows)
    return "".join(f"<{row}>{line}</{row}>" for line in lines)


TABLE_PARTS = {
    "docx": ("word/document.xml", "<w:document xmlns:w='w'>{}</w:document>"),
    "pptx": ("ppt/slides/slide1.xml", "<p:sld xmlns:p='p' xmlns:a='a'>{}</p:sld>"),
    "odt": ("content.xml", "<o:d xmlns:o='o' xmlns:table='t' xmlns:text='x'>{}</o:d>"),
}


def with_table(kind: str, table: str) -> bytes:
    part, around = TABLE_PARTS[kind]
    mark = "mimetype" if kind == "odt" else "[Content_Types].xml"
    return make.zipped({mark: "<Types/>", part: around.format(table)})


@pytest.mark.parametrize("kind", list(TABLE_PARTS))
def test_rows_of_tables_are_lines(extractor: Extractor, kind: str) -> None:
    data = with_table(kind, cells(kind, ("User", "Password", "Since"), ("js", "", "May"), ("ab", "K7", "")))
    assert text_of(extractor.read_file(data, f"a.{kind}")) == "User\tPassword\tSince\njs\t\tMay\nab\tK7"


@pytest.mark.parametrize("kind", list(TABLE_PARTS))
def test_rows_that_lay_out_a_page_keep_their_lines(extractor: Extractor, kind: str) -> None:
    long = cells(kind, ("left", "w" * 300))
    assert "left\nwww" in text_of(extractor.read_file(with_table(kind, long), f"a.{kind}"))
    nested = long.replace("w" * 300, "x" + cells(kind, ("a", "b")))
    assert "\na\tb" in text_of(extractor.read_file(with_table(kind, nested), f"a.{kind}"))


def test_cells_of_sheets_that_stand_for_several(extractor: Extractor) -> None:
    row = (
        "<table:table-row><table:table-cell><text:p>User</text:p></table:table-cell>"
        "<table:table-cell table:number-columns-repeated='{}'/>"
        "<table:table-cell><text:p>Code</text:p></table:table-cell>"
        "<table:table-cell table:number-columns-repeated='16000'/></table:table-row>"
    )
    for times, between in (("2", "\t\t\t"), ("x", "\t\t")):
        found = extractor.read_file(with_table("odt", row.format(times)), "a.ods")
        assert text_of(found) == f"User{between}Code"


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("docx", "<w:drawing><w:docPr id='1' name='P1' descr='the root password is Kx9'/></w:drawing>"),
        ("docx", "<w:drawing><w:docPr id='1' name='P1' title='the root password is Kx9' descr=''/></w:drawing>"),
        ("docx", "<w:pict><v:shape xmlns:v='v' id='1' alt='the root password is Kx9'/></w:pict>"),
        ("pptx", "<p:cNvPr id='1' descr='the root password is Kx9'/>"),
        ("odt", "<svg:desc xmlns:svg='s'>the root password is Kx9</svg:desc>"),
    ],
)
def test_alternative_text_is_read(extractor: Extractor, kind: str, shape: str) -> None:
    mark = "text" if kind == "odt" else kind[0]
    body = f"<{mark}:p>{shape}and more</{mark}:p>"
    found = extractor.read_file(with_table(kind, body if kind != "pptx" else shape + "and more"), f"a.{kind}")
    assert text_of(found) == "the root password is Kx9\nand more"


def open_document(parts: dict[str, bytes | str]) -> bytes:
    return make.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>", **parts})


def test_properties_of_open_documents_are_told_one_by_one(extractor: Extractor) -> None:
    meta = (
        "<office:document-meta xmlns:office='o' xmlns:dc='d' xmlns:meta='m'><office:meta>"
        "<dc:title>OFFICIAL-SENSITIVE</dc:title><meta:initial-creator>Ann Lee</meta:initial-creator>"
        "<meta:user-defined meta:name='MSIP_Label_1_Name'>Secret</meta:user-defined>"
        "</office:meta></office:document-meta>"
    )
    found = extractor.read_file(open_document({"meta.xml": meta}), "a.odt")
    assert found.properties == [
        ("a.odt", "title", "OFFICIAL-SENSITIVE"),
        ("a.odt", "initial-creator", "Ann Lee"),
        ("a.odt", "MSIP_Label_1_Name", "Secret"),
    ]


def test_objects_in_open_documents_are_read_and_their_pictures_are_not(extractor: Extractor) -> None:
    data = open_document({
        "Obj100": make.docx("inner words"), "Object 2": make.word("old words"),
        "ObjectReplacements/Object 1": b"VCLMTF" + bytes(range(256)), "Pictures/TablePreview1.svm": b"VCLMTF\1\0",
        "Object 1/content.xml": "<a><v>chart</v></a>", "layout-cache": bytes(range(99)),
    })  # fmt: skip
    found = extractor.read_file(data, "a.odp")
    assert {"inner words", "old words", "chart"} <= set(text_of(found).splitlines())
    assert found.unread == []


def test_links_of_open_documents_are_read(extractor: Extractor) -> None:
    text = "<text:p xmlns:text='t' xmlns:xlink='x'><text:a xlink:href=\"https://mod.example/reset?t=1\">here</text:a></text:p>"
    found = extractor.read_file(open_document({"content.xml": text}), "a.odt")
    assert ("a.odt, content, links", "https://mod.example/reset?t=1") in found.texts


def test_values_of_charts_stand_apart(extractor: Extractor) -> None:
    chart = "<c:c xmlns:c='c'><c:f>Sheet1!$A$1</c:f><c:pt><c:v>Ann Lee</c:v></c:pt><c:pt><c:v>SECRET</c:v></c:pt></c:c>"
    found = extractor.read_file(with_parts(make.docx("body"), {"word/charts/chart1.xml": chart}), "a.docx")
    assert ("a.docx, chart1", "Sheet1!$A$1\nAnn Lee\nSECRET") in found.texts
