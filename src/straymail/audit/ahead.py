"""Messages of an archive read ahead in other processes: parsing takes half the time of learning.

The order stays, and what is under way is bounded in bytes. Where there is one core, or little to read, or a process
dies, the same is done here.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context

from straymail.audit.archived import taught
from straymail.audit.archives import Item
from straymail.correspondence import Observation
from straymail.message import parse_message

WORTH = 8 << 20
"""Bytes on disk from which on it is worth starting processes."""

_CHUNK_BYTES, _CHUNK_ITEMS = 1 << 20, 200
_MOST_BYTES = 16 << 20  # of messages that are under way
_MOST_PROCESSES = 3
_EACH = 3  # chunks given to one process before more are done here

_Chunk = list[Item]
_Seen = list[Observation]


class Ahead:
    """Turns messages into observations.

    Args:
        own_domains: the organisation's.
        words: whether to take what messages are about.
    """

    def __init__(self, own_domains: frozenset[str], *, words: bool) -> None:
        self._own, self._words = own_domains, words
        self._pool: ProcessPoolExecutor | None = None
        self._count = 0

    @contextmanager
    def processes(self, size: int) -> Iterator[None]:
        """Have other processes help, if ``size`` bytes are worth it and there are cores for them."""
        count = min(_MOST_PROCESSES, _cores() - 1)
        if count < 1 or size < WORTH:
            yield
            return
        self._count = count
        self._pool = ProcessPoolExecutor(count, get_context("spawn"), _leave_interrupts)
        try:
            yield
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def read(self, items: Iterable[Item]) -> Iterator[tuple[Item, Observation]]:
        """Each message with what it teaches, in order."""
        waiting: deque[tuple[_Chunk, Future[_Seen]]] = deque()
        under_way = 0
        for chunk in _chunks(items):
            waiting.append((chunk, self._begin(chunk, sum(not future.done() for _, future in waiting))))
            under_way += _bytes(chunk)
            while waiting and (waiting[0][1].done() or under_way > _MOST_BYTES):
                done, future = waiting.popleft()
                under_way -= _bytes(done)
                yield from zip(done, self._result(done, future), strict=True)
        for done, future in waiting:
            yield from zip(done, self._result(done, future), strict=True)

    def _begin(self, chunk: _Chunk, busy: int) -> Future[_Seen]:
        """Give a chunk away, or do it here while the others have enough to do."""
        if self._pool is not None and busy < _EACH * self._count:
            with suppress(BrokenProcessPool):
                return self._pool.submit(observed, _raw(chunk), self._own, words=self._words)
        here: Future[_Seen] = Future()
        here.set_result(observed(_raw(chunk), self._own, words=self._words))
        return here

    def _result(self, chunk: _Chunk, future: Future[_Seen]) -> _Seen:
        try:
            return future.result()
        except BrokenProcessPool:  # somebody killed it, or memory was short
            return observed(_raw(chunk), self._own, words=self._words)


def observed(raws: Sequence[bytes], own_domains: frozenset[str], *, words: bool) -> list[Observation]:
    """What each message teaches."""
    return [taught(parse_message(raw), own_domains, words=words) for raw in raws]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that writes down how far it came."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _raw(chunk: _Chunk) -> list[bytes]:
    return [item.raw for item in chunk]


def _bytes(chunk: _Chunk) -> int:
    return sum(len(item.raw) for item in chunk)


def _chunks(items: Iterable[Item]) -> Iterator[_Chunk]:
    chunk: _Chunk = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item.raw)
        if size >= _CHUNK_BYTES or len(chunk) >= _CHUNK_ITEMS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
