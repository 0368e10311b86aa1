"""The MIME tree of a message, by the first parser, and by a second one where there is doubt.

The first parser (fast-mail-parser) is fast and reads what is well-formed. Wherever the bytes give a reason to
doubt that two mail programs would see the same parts, the standard library reads them too, and parts that only
it saw are added: a filter that trusts one view can be walked past. Different views are themselves a Defect.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import fast_mail_parser as fast

from straymail.message.fields import Block, header_end, parameters
from straymail.message.limits import Limits
from straymail.message.model import Defect, Part
from straymail.message.second import second_view
from straymail.message.uuencode import uu_files

Node = fast.PyLazyMimePart
_IDENTITY = frozenset(("", "7bit", "8bit", "binary"))
# What a parser may be given. Each bound lies where its time or memory stops growing in step with the message.
_WORDS = 20_000  # "=?": the first parser's time is quadratic in those of one field (100,000: 1.4 s)
_COPIES = 150_000_000  # size x embedded messages: the first parser copies the rest of the mail for each
_SECOND_SIZE = 16_000_000
_SECOND_LINES = 500_000
_SECOND_SEMICOLONS = 60_000  # the second parser's time is quadratic in those of one field
_SECOND_WORK = 20_000_000  # lines x boundaries: every line is held against every open boundary


def read_parts(
    raw: bytes, block: Block, limits: Limits, *, doubtful: bool
) -> tuple[tuple[Part, ...], tuple[Defect, ...]]:
    """Every leaf, in order, and what was wrong; never raises."""
    walk = _Walk(limits)
    walk.line_ends(raw)
    if "header-block-too-large" in block.odd or not raw or raw.isspace():
        walk.raw_body(raw, block)
        return tuple(walk.parts), tuple(walk.defects)
    _first_view(raw, walk)
    if doubtful or walk.doubts:
        _compare(raw, walk)
    found = {defect.id for defect in walk.defects}
    if not walk.parts or found >= {"bad-encoding", "second-view-skipped"}:
        walk.raw_body(raw, block)
    walk.uuencoded()
    return tuple(walk.parts), tuple(dict.fromkeys(walk.defects))


def _first_view(raw: bytes, walk: _Walk) -> None:
    if raw.count(b"=?") > _WORDS or (len(raw) > _COPIES // 256 and raw.lower().count(b"message/") * len(raw) > _COPIES):
        walk.complain("first-view-skipped", "too many encoded words or embedded messages for the first parser")
        return
    try:
        walk.node(fast.parse_email_tree(raw, mode="lazy"), "1", 0)
    except fast.ParseError as error:
        walk.complain("unparsable", f"the first parser gave up: {str(error)[:200]}")
        walk.parts.clear()
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a fault inside the first parser's Rust code shows
            raise
        walk.complain("unparsable", "the first parser broke")
        walk.parts.clear()


def read_whole(
    raw: bytes, block: Block, limits: Limits, content_type: str, encoding: str, disposition: str
) -> tuple[tuple[Part, ...], tuple[Defect, ...]] | None:
    """The quick way for plain mail: one text part, not encoded, about which no two parsers can differ; else None."""
    if encoding.lower() not in _IDENTITY or disposition:
        return None
    kind, given, repeated = parameters(content_type) if content_type else ("text/plain", {}, False)
    if repeated or kind not in ("text/plain", "text/html") or "name" in given or "boundary" in given:
        return None
    walk = _Walk(limits)
    walk.line_ends(raw)
    content = raw[block.body :]
    if walk.doubts or len(content) > limits.decoded or len(given) > 8:
        return None
    walk.parts.append(Part("1", kind, given.get("charset", "").lower(), "", "", content))
    walk.uuencoded()
    return tuple(walk.parts), ()


@dataclass(slots=True)
class _Walk:
    """Collects leaves within the limits."""

    limits: Limits
    parts: list[Part] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    decoded: int = 0
    doubts: bool = False

    def complain(self, name: str, text: str, *, doubt: bool = True) -> None:
        self.defects.append(Defect(name, text))
        self.doubts |= doubt

    def line_ends(self, raw: bytes) -> None:
        """NUL, bare CR, and LF among CRLF: what smuggling and disagreement are made of (RFC 5321 2.3.8)."""
        pairs, lines, returns = raw.count(b"\r\n"), raw.count(b"\n"), raw.count(b"\r")
        if b"\0" in raw:
            self.complain("nul", "the message holds NUL bytes")
        if returns != pairs:
            self.complain("bare-cr", "a carriage return without a line feed")
        if pairs and lines != pairs:
            self.complain("bare-lf", "a line feed without a carriage return among proper line ends")

    def node(self, node: Node, path: str, depth: int) -> None:
        """Take a node and what lies below it."""
        if depth == self.limits.depth + 1:  # said, and read on all the same: the parser itself ends at 256
            self.complain("too-deep", f"parts nested deeper than {self.limits.depth}", doubt=False)
        if node.is_message:
            self._embedded(node, path)
        elif node.content_type.startswith("multipart/"):
            self._ambiguous(node, path)
            if not node.children:
                self.complain("empty-multipart", f"part {path} is said to hold parts and holds none")
        elif not node.children:
            self._leaf(node, path)
        below = path if node.is_message else f"{path}."
        for number, child in enumerate(node.children, 1):
            if len(self.parts) >= self.limits.parts:
                self.complain("too-many-parts", f"more than {self.limits.parts} parts: not read", doubt=False)
                return
            self.node(child, f"{below}.1" if node.is_message else f"{below}{number}", depth + 1)

    def _embedded(self, node: Node, path: str) -> None:
        content = self._content(node, path)
        self.parts.append(
            Part(path, "message/rfc822", "", node.filename, _disposition(node), content[: header_end(content)[0]])
        )
        if not node.children:
            self.complain("unparsable", f"the embedded message {path} could not be read")

    def _leaf(self, node: Node, path: str) -> None:
        kind, given = self._ambiguous(node, path)
        if kind.count("/") != 1 and kind:
            self.complain("bad-type", f"part {path} has a malformed type")
        content = self._content(node, path)
        self.decoded += len(content)
        if self.decoded > self.limits.decoded:
            self.complain("decoded-too-large", f"more than {self.limits.decoded} bytes of parts: not read", doubt=False)
            return
        self.parts.append(
            Part(
                path,
                node.content_type.lower(),
                given.get("charset", "").lower(),
                node.filename,
                _disposition(node),
                content,
            )
        )

    def _ambiguous(self, node: Node, path: str) -> tuple[str, dict[str, str]]:
        """The type and its parameters; a type or parameter stated twice is read differently by different programs."""
        stated = _values(node, "content-type")
        kind, given, repeated = parameters(stated[0] if stated else "")
        if repeated or len(stated) > 1:
            self.complain("ambiguous-type", f"part {path} states its type twice")
        return kind, given

    def _content(self, node: Node, path: str) -> bytes:
        if self.decoded > self.limits.decoded:
            return b""
        try:
            return node.content or b""
        except fast.ParseError as error:
            self.complain("bad-encoding", f"part {path} does not decode: {error}")
            return b""

    def raw_body(self, raw: bytes, block: Block) -> None:
        """Where no parser helps, the body as it stands is one part, so that it can at least be searched."""
        content = raw[block.body : block.body + self.limits.decoded]
        self.parts.append(Part("1", "text/plain", "", "", "", content, "none"))

    def uuencoded(self) -> None:
        """Add files uuencoded inside text bodies."""
        for part in list(self.parts):
            if b"\nend" not in part.content or b"begin" not in part.content or part.content_type != "text/plain":
                continue
            for number, (name, data) in enumerate(uu_files(part.content, self.limits), 1):
                self.parts.append(
                    Part(f"{part.path}.u{number}", "application/octet-stream", "", name, "attachment", data, "uuencode")
                )


def _values(node: Node, name: str) -> list[str]:
    return next((values for key, values in node.headers.items() if key.lower() == name), [])


def _disposition(node: Node) -> str:
    kind = (node.disposition or "").partition(";")[0].strip().lower()
    return kind if kind in ("inline", "attachment", "") else "attachment"  # RFC 2183 2.8: unknown means attachment


def _compare(raw: bytes, walk: _Walk) -> None:
    """Read again with the other parser; add what only it saw."""
    if not _bearable(raw):
        walk.complain("second-view-skipped", "too large or too nested to be read a second time")
        return
    seen = {_digest(part) for part in walk.parts}
    others, problems = second_view(raw, walk.limits)
    walk.defects.extend(problems)
    if problems:
        return
    unseen = [part for part in others if part.content and not part.content.isspace() and _digest(part) not in seen]
    missed = seen - {_digest(part) for part in others} - {_EMPTY}
    walk.parts.extend(unseen)
    if unseen or missed:
        walk.complain("parsers-disagree", f"two ways of reading see different parts ({len(unseen)} / {len(missed)})")


def _bearable(raw: bytes) -> bool:
    """Whether the second parser would be done in about a second and 150 MB."""
    lines = raw.count(b"\n") + raw.count(b"\r")
    if len(raw) > _SECOND_SIZE or lines > _SECOND_LINES or raw.count(b";") > _SECOND_SEMICOLONS:
        return False
    lower = raw.lower()
    nesting = lower.count(b"boundary") + lower.count(b"message/")
    return lines * (nesting + 1) <= _SECOND_WORK


def _digest(part: Part) -> bytes:
    """Hash of the content without white space: parsers differ in line ends without anybody seeing it."""
    return blake2b(b"".join(part.content.split()), digest_size=16).digest()


_EMPTY = blake2b(b"", digest_size=16).digest()
