"""``bench scan``: how fast texts are examined, beside other scanners on the same texts in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from straymail.audit.archives import read_raw
from straymail.audit.bench import Corpus, Table
from straymail.audit.peers import scanners
from straymail.content import Dictionary, Entry, examine_text, prepare
from straymail.errors import BadInput
from straymail.evidence import Sensitivity
from straymail.extract import Extractor
from straymail.message import body_text, parse_message

_ROUNDS = 3
_LONG = 1 << 20
_MESSAGE = 4_096
_FOR_PEERS = 150  # messages: the peers are slow
_TERMS = 100_000
_LINES = 60  # of a page of the PDF


def scan(corpus: Corpus) -> Table:
    """Table of speeds; the texts are the bodies of the messages of ``ham``."""
    corpus.progress("reading")
    texts = [body_text(parse_message(raw)) for raw in read_raw([corpus.folder / "ham"], corpus.faults)]
    if not any(texts):
        raise BadInput("there is no text in it", file=str(corpus.folder / "ham"))
    whole = "\n".join(texts)
    seconds = _once(prepare)
    rows = [["everything, made ready", f"{seconds:.2f} s", ""]]
    facts: dict[str, object] = {"prepare_seconds": seconds}
    corpus.progress("messages")
    ours = _speed(lambda text: examine_text(text, "body"), texts)
    facts["messages_mb_per_s"] = ours
    rows.append([f"{len(texts)} messages, one by one", f"{ours:.1f} MB/s", ""])
    long = whole[:_LONG]
    facts["long_mb_per_s"] = _speed(lambda text: examine_text(text, "body"), [long])
    rows.append(["the same as one text of 1 MB", f"{facts['long_mb_per_s']:.1f} MB/s", ""])
    facts["message_4k_ms"] = 1e3 * _median([whole[at : at + _MESSAGE] for at in range(0, 200 * _MESSAGE, _MESSAGE)])
    rows.append(["a message of 4 KB, median", f"{facts['message_4k_ms']:.3f} ms", ""])
    terms = Dictionary(tuple(Entry(f"project {number:x}", Sensitivity.HIGH) for number in range(_TERMS)))
    facts["dictionary_mb_per_s"] = _speed(lambda text: examine_text(text, "body", terms), texts)
    rows.append([f"with {_TERMS:,} terms of one's own", f"{facts['dictionary_mb_per_s']:.1f} MB/s", ""])
    corpus.progress("PDF")
    facts["pdf_1mb_seconds"] = _pdf(long)
    rows.append(["a PDF with 1 MB of text, read and examined", f"{facts['pdf_1mb_seconds']:.2f} s", ""])
    few = texts[:_FOR_PEERS]
    mine = _speed(lambda text: examine_text(text, "body"), few)
    for name, scanner in scanners():
        corpus.progress(name)
        if scanner is None:
            rows.append([name, "not installed", ""])
            continue
        theirs = _speed(scanner, few, rounds=1)
        facts[name] = {"mb_per_s": theirs, "ratio": mine / theirs}
        rows.append([f"{name}, {len(few)} messages", f"{theirs:.3f} MB/s", f"{mine / theirs:.0f} times slower"])
    return Table("scan", "How fast texts are examined", ("what", "speed", "beside ours"), rows, facts)


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _speed(examine: Callable[[str], object], texts: Sequence[str], rounds: int = _ROUNDS) -> float:
    """MB/s, best of several rounds after one to warm up."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    examine(texts[0])
    return size / min(_once(lambda: [examine(text) for text in texts]) for _ in range(rounds))


def _median(texts: Sequence[str]) -> float:
    return statistics.median(_once(partial(examine_text, text, "body")) for text in texts)


def _pdf(text: str) -> float:
    """Seconds to read and examine a PDF made of this text."""
    data = pdf(text)

    def work() -> None:
        with Extractor() as extractor:
            for where, part in extractor.read_file(data, "long.pdf").texts:
                examine_text(part, where)

    return _once(work)


def pdf(text: str) -> bytes:
    """A PDF with this text, some lines a page (ISO 32000-1, 7.5)."""
    lines = text.splitlines()
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    first = 4
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        shown = b"".join(b"(%s) Tj T*\n" % _quoted(line) for line in page)
        stream = b"BT /F1 10 Tf 12 TL 40 780 Td\n" + shown + b"ET"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (first + 2 * number + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    return _file(objects)


def _quoted(line: str) -> bytes:
    text = line[:200].encode("cp1252", "replace")
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", list[int]()
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
        len(objects) + 1,
        len(body),
    )
