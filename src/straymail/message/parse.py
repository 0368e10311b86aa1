"""Bytes to Message: two parsers, and their disagreement is evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from straymail.message.address import Mailbox, scan_mailboxes
from straymail.message.body import read_parts, read_whole
from straymail.message.encoded import decode_words
from straymail.message.fields import Block, read_block, read_date
from straymail.message.identity import identify
from straymail.message.limits import Limits
from straymail.message.model import Defect, Message, Part

_ONCE = frozenset(  # RFC 5322 3.6: at most one of each; two let two programs read two different mails
    ("from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "content-type",
     "content-transfer-encoding", "content-disposition", "mime-version", "in-reply-to", "references")
)  # fmt: skip
_BULK = frozenset(("bulk", "junk", "list"))
_DEFECTS = {
    "bad-header": "a line in the header is no header field",
    "too-many-headers": "more header fields than the limit: the rest was not read",
    "header-block-too-large": "the header is larger than the limit: its end was not read, nor its parts told apart",
    "header-too-large": "a header field is longer than the limit: its end was not read",
}
_MAX_REFERENCES = 1_000
_DEFAULT = Limits()


def parse_message(raw: bytes, limits: Limits | None = None, *, headers_only: bool = False) -> Message:
    """Parse; total (never raises) and bounded by ``limits``. ``headers_only`` skips decoding the parts (learning)."""
    limits = limits or _DEFAULT
    block = read_block(raw, limits)
    values = _by_name(block)
    lists = _Lists(values, limits)
    from_, to, cc = lists.read("from"), lists.read("to"), lists.read("cc")
    subject = decode_words(_first(values, "subject"))
    message_id = _first(values, "message-id").strip("<> \t")
    date = read_date(_first(values, "date"))
    parts, found = _parts(raw, block, values, limits, headers_only=headers_only)
    return Message(
        headers=block.fields if block.plain else tuple((name, decode_words(value)) for name, value in block.fields),
        subject=subject,
        message_id=message_id,
        date=date,
        from_=from_,
        sender=lists.read("sender"),
        reply_to=lists.read("reply-to"),
        to=to,
        cc=cc,
        bcc=lists.read("bcc"),
        references=_references(values),
        automatic=_automatic(values),
        list_id=decode_words(_first(values, "list-id")),
        resent=any(name.startswith("resent-") for name in values),
        parts=parts,
        defects=(*_field_defects(block, values), *lists.defects, *found),
        size=len(raw),
        identity=identify(date, message_id, from_, (*to, *cc), subject, raw[block.body : block.body + 2_048]),
    )


def _parts(
    raw: bytes, block: Block, values: Mapping[str, list[str]], limits: Limits, *, headers_only: bool
) -> tuple[tuple[Part, ...], tuple[Defect, ...]]:
    if headers_only:
        return (), ()
    if len(raw) > limits.size:
        return (), (Defect("too-large", f"the message is {len(raw)} bytes; the limit is {limits.size}"),)
    repeated = len(values) != len(block.fields)
    doubtful = bool(block.odd) or (repeated and any(name in _ONCE and len(values[name]) > 1 for name in values))
    if not doubtful:
        whole = read_whole(
            raw,
            block,
            limits,
            _first(values, "content-type"),
            _first(values, "content-transfer-encoding"),
            _first(values, "content-disposition"),
        )
        if whole:
            return whole
    return read_parts(raw, block, limits, doubtful=doubtful)


def _by_name(block: Block) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in block.fields:
        values.setdefault(name.lower(), []).append(value)
    return values


def _first(values: Mapping[str, list[str]], name: str) -> str:
    return values[name][0] if name in values else ""


class _Lists:
    """Reads address headers, each within the limit of addresses, and remembers what was wrong with them."""

    def __init__(self, values: Mapping[str, list[str]], limits: Limits) -> None:
        self._values = values
        self._limit = max(limits.addresses, limits.recipients)
        self.defects: list[Defect] = []

    def read(self, name: str) -> tuple[Mailbox, ...]:
        """Mailboxes of every field of this name, in order: all that a mail program might show."""
        if name not in self._values:
            return ()
        found: list[Mailbox] = []
        for value in self._values[name]:
            boxes, bad = scan_mailboxes(value, self._limit + 1)
            found.extend(boxes)
            if bad:
                self.defects.append(Defect("bad-address", f"{bad} entries in {name.title()} are no addresses"))
            if len(found) > self._limit:
                self.defects.append(
                    Defect("too-many-addresses", f"more than {self._limit} addresses in {name.title()}")
                )
                break
        return tuple(found[: self._limit])


def _references(values: Mapping[str, list[str]]) -> tuple[str, ...]:
    text = " ".join((*values.get("in-reply-to", ()), *values.get("references", ())))
    found = (word.strip("<>,;\"'()") for word in text.replace("><", "> <").split() if "@" in word)
    return tuple(dict.fromkeys(found))[:_MAX_REFERENCES] if text else ()


def _automatic(values: Mapping[str, list[str]]) -> bool:
    submitted = _first(values, "auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if _first(values, "precedence").strip().lower() in _BULK or "x-autoreply" in values or "x-autorespond" in values:
        return True
    return _first(values, "x-auto-response-suppress").strip().lower() not in ("", "none")


def _field_defects(block: Block, values: Mapping[str, list[str]]) -> Iterable[Defect]:
    for name in sorted(block.odd):
        yield Defect(name, _DEFECTS[name])
    if len(values) == len(block.fields):
        return
    for name in sorted(_ONCE.intersection(values)):
        if len(values[name]) > 1:
            yield Defect("repeated-header", f"{len(values[name])} {name.title()} fields; one is allowed")
