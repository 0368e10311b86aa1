"""The only place that knows which database this is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import SQLITE_CORRUPT, SQLITE_NOTADB, Blob, OperationalError
from typing import Any, cast

from sqlalchemy import Column, Connection, Engine, Select, create_engine, event, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import Table

from straymail.errors import ConfigError, StoreDown
from straymail.record.keys import Sealed

_BUSY_MS = 10_000
_LARGE = 1 << 20
_FILE, _GONE = "file", "its file was moved away or removed while it was in use"
_LOCKED = "55P03"  # lock_not_available
_IDLE_MS = 30_000  # a writer that says nothing for so long is gone, and its lock with it
_KEEPALIVES = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
_WRITERS = 0x5374726179  # names the lock of whoever writes, among all locks of a PostgreSQL server


def connect(url: str) -> Engine:
    """An engine whose commits are durable.

    Raises:
        ConfigError: no URL of a database this version can use.
    """
    allowed = "sqlite:///PATH, or postgresql+psycopg://... with the extra straymail[postgresql]"
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ConfigError(f"{parsed.get_backend_name()} is not supported", field="store.url", allowed=allowed)
        shared = parsed.get_backend_name() != "sqlite"
        connecting = _KEEPALIVES if shared else {}
        # What an error says ends in the journal: it names no values, which are addresses and what mail holds.
        engine = create_engine(parsed, pool_pre_ping=shared, connect_args=connecting, hide_parameters=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise ConfigError(f"cannot be used: {error}", field="store.url", allowed=allowed) from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """WAL with synchronous=FULL: a commit is on disk when it returns. Writers take the lock at BEGIN, not later.

    A file that was moved or removed is written to no more, and no empty one is made in its place: what is committed
    must be there after a restart.
    """
    file, was_there = engine.url.database or "", False

    @event.listens_for(engine, "do_connect")
    def _before_connect(*_: object) -> None:
        if was_there and _file(file) is None:
            raise OperationalError(_GONE)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, record: Any) -> None:  # noqa: ANN401  (a DBAPI connection and the pool's record)
        nonlocal was_there
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {_BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        record.info[_FILE] = _file(file)
        was_there = record.info[_FILE] is not None

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.info[_FILE] != _file(file):
            connection.invalidate()
            raise StoreDown(f"{named(engine)}: {_GONE}")
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _file(path: str) -> tuple[int, int] | None:
    """Which file this is; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_postgresql(engine: Engine) -> None:
    """The same promises: a view is consistent, and writers take turns from BEGIN on, those of other machines too."""

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reading", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_MS}")
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def is_shared(engine: Engine) -> bool:
    """Whether several machines may use this database at once."""
    return engine.dialect.name != "sqlite"


def emptied(engine: Engine) -> bool:
    """Write SQLite's log (``-wal``) into the database and empty it: it keeps what rows were until it is written over.

    False while somebody reads what is in it. Other databases have no file of ours.
    """
    if is_shared(engine):
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        done = cursor.fetchone()
        return done is not None and done[0] == 0
    except OperationalError:
        return False
    finally:
        connection.close()


def named(engine: Engine) -> str:
    """Which database this is, for errors: its file, or its URL without the password."""
    name = engine.url.database if engine.dialect.name == "sqlite" else engine.url.render_as_string()
    return f"database {name}"


def is_broken(error: object) -> bool:
    """Whether the file is no database, or a damaged one: to try again helps nothing."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF in (SQLITE_CORRUPT, SQLITE_NOTADB)  # the byte above says more of the same


def problem(error: DBAPIError) -> str:
    """What is wrong with the database, in a line."""
    if getattr(error.orig, "sqlstate", "") == _LOCKED:
        return f"another process has been writing for {_BUSY_MS / 1_000:.0f} s"
    return str(error.orig).strip().partition("\n")[0]  # PostgreSQL may quote the row on a second one


def room(connection: Connection, data: bytearray) -> object:
    """What an INSERT gives for a value that may be large; ``fill`` writes it where this left room."""
    return func.zeroblob(len(data)) if _in_pieces(connection, len(data)) else data


def fill(connection: Connection, column: Column[Any], identifier: str, data: bytearray) -> None:
    """Write a value for which ``room`` was left in the row with this ``id``.

    SQLite makes two copies of a value it is given or asked for whole, and none of one that is written in pieces.
    """
    if not _in_pieces(connection, len(data)):
        return
    view = memoryview(data)
    with _blob(connection, column, identifier, readonly=False) as blob:
        for start in range(0, len(view), _LARGE):
            blob.write(view[start : start + _LARGE])


@contextmanager
def stored(connection: Connection, column: Column[Any], identifier: str) -> Iterator[Sealed | None]:
    """The value in the row with this ``id``, None for none; a large one is read as it is sliced."""
    at = column.table.c.id == identifier
    # Only SQLite is asked how long it is first.
    size = 0 if is_shared(connection.engine) else connection.execute(select(func.length(column)).where(at)).scalar()
    if _in_pieces(connection, size or 0):
        with _blob(connection, column, identifier, readonly=True) as blob:
            yield cast("Sealed", blob)
    else:
        yield connection.execute(select(column).where(at)).scalar()


def _in_pieces(connection: Connection, size: int) -> bool:
    return connection.dialect.name == "sqlite" and size > _LARGE


def _blob(connection: Connection, column: Column[Any], identifier: str, *, readonly: bool) -> Blob:
    row: Select[tuple[int]] = select(literal_column("rowid")).select_from(column.table)
    number = connection.execute(row.where(column.table.c.id == identifier)).scalar_one()
    driver: Any = connection.connection.dbapi_connection
    opened: Blob = driver.blobopen(column.table.name, column.name, number, readonly=readonly)
    return opened


def upsert(connection: Connection, table: Table, keys: tuple[str, ...]) -> Insert:
    """An INSERT that replaces the other columns of a row with the same keys."""
    maker = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = maker(table)
    others = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=others)
