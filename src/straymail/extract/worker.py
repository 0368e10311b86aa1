"""The reading process, ``python -m straymail.extract.worker LIMITS``: one frame in, one frame out, until input ends."""

from __future__ import annotations

import json
import os
import sys
from typing import IO

from straymail.extract.frames import read_frame, write_frame
from straymail.extract.limits import ReadLimits
from straymail.extract.reading import load_readers, read_one
from straymail.extract.sandbox import allow_cpu, confine


def main() -> None:
    """Import every reader, give up all rights, then serve."""
    limits = ReadLimits(**json.loads(sys.argv[1]))
    channel_in, channel_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not break the frames
    load_readers(limits)
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


if __name__ == "__main__":
    main()
