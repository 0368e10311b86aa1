"""Settings read again while the guard runs."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from straymail.config import Settings, parse
from straymail.content.prose import shipped
from straymail.desk import Desk, is_ours
from straymail.errors import Unavailable
from straymail.gateway.engine import Situation
from straymail.gateway.service import Service, waits_for_restart
from straymail.guard import Guard
from straymail.message import Envelope, parse_address
from straymail.record import new_key, open_record, parse_keys
from straymail.verdict import Weights

NEW = parse_address("ann@new.example")


def settings(folder: Path, *domains: str, more: str = "") -> Settings:
    named = ", ".join(f'"{each}"' for each in domains)
    text = f'data_dir = "{folder}"\n[organisation]\ndomains = [{named}]\n{more}'
    return parse(text, "straymail.toml")


def situate(given: Settings, model: object) -> Situation:
    return Situation(Guard(model, given.policy, Weights.shipped()), given)  # type: ignore[arg-type]


async def test_a_new_domain_is_known_to_desk_and_history(tmp_path: Path) -> None:
    old = settings(tmp_path, "mod.example")
    officers = 'officers = ["o@new.example"]\n[desk]\nnotice_rate = 7\n'
    fresh = settings(tmp_path, "new.example", "mod.example", more=officers)
    record = open_record(old.store_url, parse_keys(new_key().decode()))
    service = Service(old, record, situate, lambda: fresh)
    assert not is_ours(service.desk.settings, Envelope(NEW, ()))
    service.reload()
    assert is_ours(service.desk.settings, Envelope(NEW, ()))
    assert [str(each) for each in service.desk.tell.settings.organisation.officers] == ["o@new.example"]
    assert service.desk.settings.desk.notice_rate == 7
    assert service.memory.model.is_own("new.example")
    assert service.memory.model.own_domains == {"new.example", "mod.example"}
    service.engine.close()
    record.close()


def test_no_message_waits_for_tables(tmp_path: Path) -> None:
    given = settings(tmp_path, "mod.example")
    record = open_record(given.store_url, parse_keys(new_key().decode()))
    shipped.cache_clear()
    service = Service(given, record, situate, lambda: given)
    service.warm_up()
    assert shipped.cache_info().currsize == 1
    assert {"_columns", "_clusters"} <= vars(shipped()).keys()
    service.engine.close()
    record.close()


def test_answers_to_the_former_address_still_arrive(tmp_path: Path) -> None:
    old, fresh = settings(tmp_path, "mod.example"), settings(tmp_path, "new.example")
    record = open_record(old.store_url, parse_keys(new_key().decode()))
    desk = Desk(record, old)
    desk.reload(fresh)
    assert str(desk.address) == "straymail@new.example"
    assert desk.is_desk_address(parse_address("straymail+token@mod.example"))
    assert desk.is_desk_address(parse_address("straymail+token@new.example"))
    record.close()


def test_what_waits_for_a_restart_is_named(tmp_path: Path) -> None:
    old = settings(tmp_path, "mod.example")
    assert waits_for_restart(old, settings(tmp_path, "mod.example", more='[policy]\nmode = "watch"\n')) == []
    fresh = settings(tmp_path, more='[gateway]\nmilter = "off"\njudge_timeout = "9s"\n[attachments]\nocr = "eng"\n')
    assert waits_for_restart(old, fresh) == ["gateway.milter", "attachments.ocr"]
    fresh = settings(tmp_path, more='[gateway.limits]\nsize = "1MiB"\nparts = 9\n')
    assert waits_for_restart(settings(tmp_path), fresh) == ["gateway.limits.size"]  # parts are counted by the engine
    assert waits_for_restart(old, settings(tmp_path / "other"))[0] == "data_dir"


async def test_the_door_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lines = f'[gateway]\nmilter = "off"\nlisten = "127.0.0.1:{port}"\n'
        given = settings(tmp_path, "mod.example", more=lines)
        record = open_record(given.store_url, parse_keys(new_key().decode()))
        service = Service(given, record, situate, lambda: given)
        with pytest.raises(
            Unavailable, match=rf"^gateway\.listen: 127\.0\.0\.1:{port} cannot be opened: Address already"
        ):
            await service.run(lambda _doors: None)
        service.engine.close()
        record.close()
