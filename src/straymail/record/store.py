"""Opening the database: engine, migrations, and transactions whose failures are one kind of error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from straymail.errors import BadInput, StoreDown
from straymail.record import log
from straymail.record.dialect import connect, emptied, is_broken, is_shared, named, problem
from straymail.record.keys import Keys, read_keys

_MIGRATIONS = Path(__file__).parent / "migrations"
_WITH_HEAD = "0003"  # from this schema on the log has a head from the start


class Record:
    """One database and its keys. Safe to use from several threads; writers take turns.

    ``reading`` and ``writing`` are transactions; a ``writing`` block that ends is on disk.
    """

    def __init__(self, url: str, keys: Keys) -> None:
        self.keys = keys
        self.engine = connect(url)
        self._turn = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view.

        Raises:
            StoreDown: the database cannot be reached.
        """
        try:
            with self.engine.connect().execution_options(reading=True) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise StoreDown(f"{named(self.engine)}: {problem(error)}") from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: all of it is on disk when the block ends, or nothing.

        Raises:
            StoreDown: the database cannot be reached, is locked for too long, or the disk is full.
        """
        try:
            with self._turn, self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreDown(f"{named(self.engine)}: {problem(error)}") from error

    def migrate(self) -> None:
        """Bring the schema to this version.

        Raises:
            BadInput: it was made by a newer version of the program. StoreDown: it cannot be changed.
        """
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        script = ScriptDirectory.from_config(config)
        with self.reading() as connection:
            if MigrationContext.configure(connection).get_current_revision() == script.get_current_head():
                return  # without a turn at writing: somebody may be at it for long
        with self.writing() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
            if present == script.get_current_head():
                return
            if present is not None and present not in {step.revision for step in script.walk_revisions()}:
                raise BadInput(f"was made by a newer version (schema {present})", file=named(self.engine))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if present is None or present < _WITH_HEAD:
                log.begin(connection, self.keys)

    def scrub(self) -> bool:
        """Leave nothing of what was deleted beside the database; False when somebody reads it just now."""
        return emptied(self.engine)

    @property
    def shared(self) -> bool:
        """Whether guards on other machines may be using it too."""
        return is_shared(self.engine)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def open_record(url: str, keys: Keys | Path) -> Record:
    """Open, and make or migrate, the database.

    Args:
        url: SQLAlchemy URL; a missing SQLite file is made, readable by its owner alone.
        keys: the keys, or their file.

    Raises:
        StoreDown: it cannot be opened. ConfigError: no usable URL. BadInput: the key file; the database is damaged,
            none, or made by a newer version (nothing is changed).
    """
    record = Record(url, read_keys(keys) if isinstance(keys, Path) else keys)
    database = record.engine.url.database
    try:
        if record.engine.dialect.name == "sqlite" and database:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
            Path(database).touch(mode=0o600)
        record.migrate()
    except BadInput:
        record.close()
        raise
    except (OSError, SQLAlchemyError, StoreDown) as error:
        record.close()
        if is_broken(error.__cause__):
            said = "is damaged, or no database at all"
            raise BadInput(said, file=named(record.engine), allowed="a backup") from error
        if isinstance(error, StoreDown):
            raise
        raise StoreDown(f"{named(record.engine)}: {error}") from error
    return record
