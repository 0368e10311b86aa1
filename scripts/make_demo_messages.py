"""Writes examples/demo/messages: the four messages `make run` sends through the guard. All invented."""

from __future__ import annotations

import io
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "examples" / "demo" / "messages"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


def document(*paragraphs: str) -> bytes:
    """A minimal .docx with one run per paragraph; the zip carries a fixed date so that it is reproducible."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def mail(number: int, to: str, cc: str, subject: str, body: str) -> EmailMessage:
    """A message from Clara Voss of mod.example."""
    message = EmailMessage()
    message["Message-ID"] = f"<demo-{number}@mod.example>"
    message["Date"] = f"Wed, 18 Nov 2026 09:1{number}:00 +0000"
    message["From"] = "Clara Voss <clara.voss@mod.example>"
    message["To"] = to
    if cc:
        message["Cc"] = cc
    message["Subject"] = subject
    message.set_content(body)
    return message


def main() -> int:
    """Write the four messages; their file names say what is wrong with each."""
    roster = document(
        "OFFICIAL-SENSITIVE - PERSONAL DATA",
        "Crew list, MV Harbour Light",
        "Second Officer Dana Example, born 04.02.1988, passport X0000000",
        "Bosun Lee Sample, born 11.09.1979, passport X0000001",
    )
    right = mail(
        1,
        "Robert Holt <robert.holt@army.mil>",
        "Tom Okafor <tom.okafor@mod.example>",
        "Range schedule",
        "Hello Robert,\n\nthe range is free in the second week.\n\nClara Voss\n",
    )
    typo = mail(
        2,
        "Robert Holt <robert.holt@army.ml>",
        "Tom Okafor <tom.okafor@mod.example>",
        "Exercise Harbour Light",
        "Hello Robert,\n\nhere is the order of the day for the exercise.\n\nClara Voss\n",
    )
    namesake = mail(
        3,
        "Mark Fischer <mark.fischer@halden-law.example>",
        "Tom Okafor <tom.okafor@mod.example>",
        "Joint planning group",
        "Hello Mark,\n\nplease send Tom the list of observers for the exercise.\n\nClara Voss\n",
    )
    marked = mail(
        4,
        "e.moreau@blue-harbour.example",
        "",
        "Crew list",
        "Dear all,\n\nthe crew list you asked for is attached.\n\nClara Voss\n",
    )
    marked.add_attachment(
        roster, maintype="application", subtype=WORD.partition("/")[2], filename="Crew list Harbour Light.docx"
    )
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, message in (
        ("1-right", right),
        ("2-wrong-domain", typo),
        ("3-namesake", namesake),
        ("4-marked-document", marked),
    ):
        message.set_boundary(f"demo-{name}") if message.is_multipart() else None
        (TARGET / f"{name}.eml").write_bytes(message.as_bytes())
    print(f"{TARGET}: 4 messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
