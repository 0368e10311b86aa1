"""What the running guard remembers and must not forget: decisions for the log, and what it learns.

Mail that passes is logged in batches, at most ``EVERY`` seconds late, so that no message waits for the disk; held mail
is logged with its hold, in one transaction. When the database stays away, decisions pile up to ``MOST`` and the store
counts as down: the policy's ``on_store_down`` then decides about new mail.

What another process has learned (``straymail learn``, another guard) is read when it is noticed, at the latest with the
next save: in a thread, while mail goes on; what passed meanwhile is learned again on top.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence

import structlog

from straymail.correspondence import Correspondence, Observation, Row
from straymail.desk import Desk
from straymail.errors import Outdated, StoreDown
from straymail.record import Record, history, log
from straymail.record.log import Entry

EVERY = 0.1
SAVE_EVERY = 15.0
MOST = 20_000
_TRIES = 3  # while others go on writing; then what was learned waits for the next save
_LAST_TRIES = 30
_log = structlog.get_logger("straymail.memory")


class Memory:
    """The learned history and the decisions that are not on disk yet. Used on the event loop only.

    Args:
        record: the store.
        desk: whose lessons are learned.
        model: the history, as loaded.
        lessons_from: the last log entry whose lessons the model holds.
    """

    def __init__(self, record: Record, desk: Desk, model: Correspondence, lessons_from: int) -> None:
        self.record, self.desk, self.model = record, desk, model
        self.down = False
        self._lesson = lessons_from
        self._entries: list[Entry] = []
        self._rows: list[Row] = []
        self._fresh: list[Observation] = []  # learned and not saved
        self._turn, self._log_turn = asyncio.Lock(), asyncio.Lock()
        self._stopping = False

    @property
    def unwritten(self) -> int:
        """Decisions that are not in the log yet."""
        return len(self._entries)

    def decided(self, entry: Entry) -> None:
        """Remember a decision for the log.

        Raises:
            StoreDown: the log has not been written for so long that no more are taken.
        """
        if len(self._entries) >= MOST:
            raise StoreDown(f"{MOST} decisions wait to be written")
        self._entries.append(entry)

    def learn(self, seen: Observation) -> None:
        """Learn a message that went through."""
        if self.model.observe(seen):
            self._fresh.append(seen)

    def stop(self) -> None:
        """Have ``run`` end. It is not cancelled: a write under way must be seen through, or what it held is lost."""
        self._stopping = True

    async def run(self) -> None:
        """Write decisions every ``EVERY`` and what was learned every ``SAVE_EVERY`` seconds, until ``stop``."""
        saved = time.monotonic()
        while not self._stopping:
            await asyncio.sleep(EVERY if not self.down else 1.0)
            await self.write_log()
            if time.monotonic() - saved >= SAVE_EVERY:
                saved = time.monotonic()
                await self.save()

    async def write_log(self) -> None:
        """Write what waits; on failure it goes on waiting."""
        async with self._log_turn:
            waiting = self._entries
            if not waiting:
                return
            self._entries = []
            try:
                await asyncio.to_thread(self._append, waiting)
            except Exception as error:  # noqa: BLE001  (whatever it was: these decisions must not be lost)
                self._entries = waiting + self._entries
                self._went_down(error)
            else:
                self._came_back()

    def _append(self, entries: Sequence[Entry]) -> None:
        with self.record.writing() as connection:
            log.append(connection, self.record.keys, entries)

    async def save(self, *, last: bool = False) -> None:
        """Take the newest lessons, then write what was learned; on failure it is written next time.

        Where others write all the time it is tried some times, and much more often when this is the ``last`` time.
        """
        async with self._turn:
            try:
                await self._take_lessons()
                for _ in range(_LAST_TRIES if last else _TRIES):
                    if await self._saved():
                        break
                    await self._read_again()
                else:
                    _log.warning("history.not_saved", messages=len(self._fresh), why="others write without pause")
            except Exception as error:  # noqa: BLE001  (what was learned is written next time)
                self._went_down(error)
            else:
                self._came_back()

    async def _saved(self) -> bool:
        """Write what was learned; False, and nothing is written, when others have changed what is in the store."""
        rows, fresh = self._rows + self.model.drain(), self._fresh
        self._rows, self._fresh = [], []
        try:
            await asyncio.to_thread(self._save, rows, self._lesson, self.model.revision)
        except Exception as error:
            self._rows, self._fresh = rows + self._rows, fresh + self._fresh
            if isinstance(error, Outdated):
                return False
            raise
        self.model.revision += bool(rows)
        return True

    async def _read_again(self) -> None:
        """Take what the store holds for what was known, and learn again on top what is not saved yet."""
        gc.disable()  # a collection in the reading thread would stop everybody
        try:
            model, lesson = await asyncio.to_thread(self._read)
        finally:
            gc.enable()
        for seen in self._fresh:
            model.observe(seen)
        model.own(self.model.own_domains)  # a reload may have changed them meanwhile
        self.model.become(model)
        gc.freeze()  # as at start: the collector need not walk through it
        self._rows, self._lesson = [], lesson
        _log.info("history.read_again", messages=len(self.model), people=self.model.people)
        await self._take_lessons()

    def _read(self) -> tuple[Correspondence, int]:
        with self.record.reading() as connection:
            model = history.load_history(connection, self.model.own_domains, self.record.keys.words)
            return model, history.last_lesson(connection)

    async def take_lessons(self) -> None:
        """Learn what people have settled, here or in another process."""
        async with self._turn:
            await self._take_lessons()

    async def _take_lessons(self) -> None:
        for lesson in await asyncio.to_thread(lambda: list(self.desk.lessons(self._lesson))):
            if lesson.forgotten:
                await self._forget(lesson.forgotten, known=lesson.revision > self.model.revision)
            elif lesson.right:
                self.model.correct(lesson.sender, lesson.address, lesson.right)
            elif lesson.sender:
                self.model.confirm(lesson.sender, lesson.address)
            self._lesson = lesson.seq

    async def _forget(self, mark: str, *, known: bool) -> None:
        """Forget whoever has this mark, here as in the store: else the next save would bring back what was known.

        Not what is ``known`` from the store when that was read after it had been forgotten there: it is newer.
        """
        keys, marked = self.model.everyone(), self.record.keys.mark
        who = await asyncio.to_thread(lambda: next((key for key in keys if marked(key) == mark), ""))
        if who and known:
            self.model.forget(who)
        if who:
            self._rows = [row for row in self._rows if who not in (row.a, row.b)]
            self._fresh = [seen for seen in self._fresh if who not in (seen.sender, *dict(seen.recipients))]

    def _save(self, rows: Sequence[Row], lesson: int, since: int) -> None:
        with self.record.writing() as connection:
            history.save_rows(connection, rows, time.time(), since=since, lesson=lesson)

    def _went_down(self, error: Exception) -> None:
        if not self.down:
            unexpected = None if isinstance(error, StoreDown) else error
            _log.error("store.down", problem=str(error), unwritten=len(self._entries), exc_info=unexpected)
        self.down = True

    def _came_back(self) -> None:
        if self.down:
            _log.warning("store.back", unwritten=len(self._entries))
        self.down = False
