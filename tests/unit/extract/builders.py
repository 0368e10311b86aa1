"""Builders of small documents; nothing here comes from anywhere else."""

from __future__ import annotations

import base64
import io
import struct
import zipfile

SECTOR = 512


def zipped(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The members of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def base64_lines(data: bytes) -> bytes:
    """Bytes in base64 as mail carries them."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def locked_zip(name: str = "secret.txt") -> bytes:
    """A ZIP archive whose entry says that it is encrypted."""
    data = bytearray(zipped({name: "hidden"}, zipfile.ZIP_STORED))
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


def odd_zip(name: str) -> bytes:
    """A ZIP archive whose entry says that it is compressed by PPMd (method 98), which Python does not unpack."""
    data = bytearray(zipped({name: "hidden"}, zipfile.ZIP_STORED))
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 98
    return bytes(data)


W = 'xmlns:w="urn:w"'


def docx(text: str = "Body words", **parts: str) -> bytes:
    """A Word document; further parts by name without folder and ending."""
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {W}><w:body>{paragraph(text)}</w:body></w:document>",
    }
    for name, inner in parts.items():
        members[f"word/{name}.xml"] = f"<w:x {W}>{paragraph(inner)}</w:x>"
    members["docProps/core.xml"] = '<c:p xmlns:c="urn:c" xmlns:d="urn:d"><d:title>The title</d:title></c:p>'
    members["docProps/custom.xml"] = (
        '<P xmlns:v="urn:v"><property name="MSIP_Label_1_Name"><v:lpwstr>Secret</v:lpwstr></property></P>'
    )
    return zipped(members)


def paragraph(text: str) -> str:
    """A paragraph whose words stand in two runs."""
    half = len(text) // 2
    return f'<w:p><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:t xml:space="preserve">{text[half:]}</w:t></w:r></w:p>'


def xlsx() -> bytes:
    """A workbook with a hidden sheet, a comment and a number of sixteen digits."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cell = "<c r='A1' t='inlineStr'><is><t>{text}</t></is></c>"
    sheet = "<worksheet {ns}><sheetData><row r='1'>" + cell + "{more}</row></sheetData></worksheet>"
    return zipped({
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "_rels/.rels": f"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='r1' Type='{types}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook {ns} {rel}><sheets><sheet name='Crew' sheetId='1' r:id='rId1'/>"
        "<sheet name='Pay' sheetId='2' state='hidden' r:id='rId2'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='rId1' Type='{types}/worksheet' Target='worksheets/sheet1.xml'/>"
        f"<Relationship Id='rId2' Type='{types}/worksheet' Target='worksheets/sheet2.xml'/></Relationships>",
        "xl/worksheets/sheet1.xml": sheet.format(ns=ns, text="shown", more="<c r='B1'><v>4111111111111111</v></c>"),
        "xl/worksheets/sheet2.xml": sheet.format(ns=ns, text="concealed", more=""),
        "xl/comments1.xml": f"<comments {ns}><comment ref='A1'><text><t>remark</t></text></comment></comments>",
    })  # fmt: skip


def pdf(text: str, extra: bytes = b"") -> bytes:
    """A PDF of one page in a built-in font; ``extra`` goes into the trailer."""
    return pages([drawn(text)], (b"<< /Title (The title) >>",), trailer=b"/Info 6 0 R " + extra)


def drawn(text: str) -> bytes:
    """What a page's stream says to show a line of text."""
    return f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()


def pages(
    contents: list[bytes],
    objects: tuple[bytes, ...] = (),
    catalog: bytes = b"",
    page: bytes = b"",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of these pages; page ``n`` (from 0) is object ``4 + 2n``, further objects follow the last page's stream.

    Pages may draw the first of these as ``/I``. ``catalog``, ``page`` (of each page) and ``trailer`` are put into these
    dictionaries.
    """
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(contents)))
    every = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(contents)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for content in contents:
        every.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I %d 0 R >> >> %s >>"
            % (len(every) + 2, 4 + 2 * len(contents), page)
        )
        every.append(stream(content))
    every += objects
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(every, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(every) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(every) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3); paths with ``/``; each stream is padded with zeros to 4,096 bytes."""
    entries: list[tuple[str, int, int, int, int, int]] = []  # name, type, right sibling, child, sector, size
    sectors: list[bytes] = []
    table: list[int] = []

    def store(content: bytes) -> tuple[int, int]:
        content = content.ljust(4_096, b"\0")
        start = len(sectors)
        count = -(-len(content) // SECTOR)
        for number in range(count):
            sectors.append(content[number * SECTOR : (number + 1) * SECTOR].ljust(SECTOR, b"\0"))
            table.append(start + number + 1 if number + 1 < count else 0xFFFFFFFE)
        return start, len(content)

    def folder(members: dict[str, bytes]) -> int:
        """Write the members as a chain of right siblings; returns the first."""
        first, last = 0xFFFFFFFF, -1
        for name in dict.fromkeys(path.partition("/")[0] for path in members):
            index = len(entries)
            if name in members:
                entries.append((name, 2, 0xFFFFFFFF, 0xFFFFFFFF, *store(members[name])))
            else:
                entries.append((name, 1, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0))
                inner = {path.partition("/")[2]: data for path, data in members.items() if path.startswith(f"{name}/")}
                entries[index] = (name, 1, 0xFFFFFFFF, folder(inner), 0, 0)
            if last >= 0:
                entry = entries[last]
                entries[last] = (*entry[:2], index, *entry[3:])
            first, last = (index if first == 0xFFFFFFFF else first), index
        return first

    entries.append(("Root Entry", 5, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0))
    entries[0] = ("Root Entry", 5, 0xFFFFFFFF, folder(streams), 0xFFFFFFFE, 0)
    directory = b"".join(_entry(*entry) for entry in entries)
    start, _ = store(directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0"))
    fat_count = -(-(len(table) + 8) // 128)
    fats = list(range(len(table), len(table) + fat_count))
    table += [0xFFFFFFFD] * fat_count
    fat = struct.pack(f"<{len(table)}I", *table).ljust(fat_count * SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fat_count, start, 0, 4_096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return head + struct.pack("<109I", *fats, *[0xFFFFFFFF] * (109 - fat_count)) + b"".join(sectors) + fat


def _entry(name: str, kind: int, right: int, child: int, sector: int, size: int) -> bytes:
    label = (name + "\0").encode("utf-16-le")
    entry = label.ljust(64, b"\0") + struct.pack("<HBB3I", len(label), kind, 1, 0xFFFFFFFF, right, child)
    return entry + bytes(36) + struct.pack("<IQ", sector, size)


def word(text: str, flags: int = 0) -> bytes:
    """A Word 97 document of one compressed piece."""
    main = bytearray(2_048)
    struct.pack_into("<H", main, 10, flags)
    struct.pack_into("<II", main, 0x01A2, 0, 21)
    body = text.encode("cp1252")
    table = b"\x02" + struct.pack("<I", 16) + struct.pack("<IIHIH", 0, len(body), 0, 0x4000_0000 | 2 * 2_048, 0)
    return compound({"WordDocument": bytes(main) + body, "0Table": table})


def powerpoint(text: str) -> bytes:
    """A presentation with one slide's text atom in a container."""
    body = text.encode("utf-16-le")
    atom = struct.pack("<HHI", 0, 0x0FA0, len(body)) + body
    return compound({"PowerPoint Document": struct.pack("<HHI", 0xF, 0x03E8, len(atom)) + atom})


def outlook(subject: str, body: str, attachment: bytes) -> bytes:
    """An Outlook message with one attached file."""
    return compound({
        "__substg1.0_0037001F": subject.encode("utf-16-le"), "__substg1.0_1000001F": body.encode("utf-16-le"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": attachment,
        "__attach_version1.0_#00000000/__substg1.0_3707001F": "notes.txt".encode("utf-16-le"),
    })  # fmt: skip


def tnef(name: str, content: bytes, body: str, properties: bytes = b"") -> bytes:
    """A winmail.dat with a body and one file, and properties of the message."""

    def attribute(level: int, tag: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, tag, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    return (
        b"\x78\x9f\x3e\x22\x01\0"
        + attribute(1, 0x0002800C, body.encode() + b"\0")
        + (attribute(1, 0x00069003, properties) if properties else b"")
        + attribute(2, 0x00069002, bytes(14))
        + attribute(2, 0x00018010, name.encode() + b"\0")
        + attribute(2, 0x0006800F, content)
    )
