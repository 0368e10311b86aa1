"""The reading process, ``python -m straymail.extract.worker LIMITS``: one frame in, one frame out, until input ends."""

from __future__ import annotations

import json
import os
import sys
from typing import IO, Any

from straymail.extract.frames import read_frame, write_frame
from straymail.extract.limits import Budget, ReadLimits, Unread
from straymail.extract.reading import Reading, load_readers
from straymail.extract.sandbox import allow_cpu, confine


def main() -> None:
    """Import every reader, give up all rights, then serve."""
    limits = ReadLimits(**json.loads(sys.argv[1]))
    channel_in, channel_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not break the frames
    load_readers()
    way = confine(limits.memory)
    write_frame(channel_out, {"ready": way})
    serve(channel_in, channel_out, limits)


def serve(channel_in: IO[bytes], channel_out: IO[bytes], limits: ReadLimits) -> None:
    """Answer requests ``{"name", "where"}`` + bytes of the file."""
    while frame := read_frame(channel_in):
        request, data = frame
        assert isinstance(request, dict)
        allow_cpu(limits.seconds)
        answer, blob = read_one(data, str(request["name"]), str(request["where"]), limits)
        write_frame(channel_out, answer, blob)


def read_one(data: bytes, name: str, where: str, limits: ReadLimits) -> tuple[dict[str, Any], bytes]:
    """Read one file; the answer is plain JSON, inner bytes follow one after the other."""
    reading = Reading(Budget(limits))
    try:
        reading.file(data, name, where)
    except Unread as stop:
        reading.problem(where, stop.why, stop.text)
    except MemoryError:
        reading.problem(where, "limit", "needs too much memory")
    inner = [file for file in reading.files if file[0] != where]  # the parent has the attachment itself
    return {
        "texts": [(place, _clean(text)) for place, text in reading.texts],
        "unread": reading.unread,
        "properties": reading.properties,
        "files": [(*file[:5], 0 if file[0] == where else len(file[5])) for file in reading.files],
    }, b"".join(file[5] for file in inner)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


if __name__ == "__main__":
    main()
