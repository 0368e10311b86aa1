"""Databases of earlier versions open, and end up as the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect

from straymail.record import Record, log, new_key, open_record, parse_keys
from straymail.record.schema import metadata
from straymail.record.store import _MIGRATIONS


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_an_older_database_is_brought_forward(tmp_path: Path, revision: str) -> None:
    url, keys = f"sqlite:///{tmp_path / 'old.db'}", parse_keys(new_key().decode())
    old = Record(url, keys)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with old.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(insert(metadata.tables["meta"]).values(name="kept", value="yes"))
    old.close()
    record = open_record(url, keys)
    with record.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert {"ix_delivery_kind", "ix_delivery_held_id"} <= {
            each["name"] for each in inspect(connection).get_indexes("delivery")
        }
        assert connection.exec_driver_sql("select value from meta where name = 'kept'").scalar() == "yes"
        assert (log.verify(connection, keys).faults == ()) is (revision < "0003")  # made with that step, or never
    record.close()
