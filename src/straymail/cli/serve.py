"""``straymail serve``: the guard as a service."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
import uvloop
from rich.text import Text

from straymail.cli.common import ConfigOption, console, settings_from
from straymail.cli.descriptors import make_room
from straymail.cli.opening import extractor, keep_searches, make_reader, open_store, read_weights
from straymail.cli.ready import refuse_other_key, refuse_unready, remarks
from straymail.config import Log, Settings
from straymail.errors import Unavailable
from straymail.extract import Extractor
from straymail.gateway.engine import Situation
from straymail.gateway.service import Service
from straymail.guard import Guard

_log = structlog.get_logger("straymail.serve")


def serve(config: ConfigOption = None) -> None:
    """Run the guard: milter, SMTP proxy and desk.

    Stops on SIGTERM or Ctrl-C after finishing what is under way. SIGHUP reads the settings again; settings that
    cannot be used change nothing.
    """
    settings = settings_from(config)
    log_as(settings.log)
    refuse_unready(settings)
    make_room(settings.gateway)
    _remark(settings)
    with open_store(settings) as record, extractor(settings) as reading:
        refuse_other_key(record, settings)
        reading.start()
        keep_searches(settings, record, write=True)

        async def run() -> None:
            try:
                service = Service(settings, record, _situate(reading), lambda: _reread(config))
                await service.run(_tell(settings))
            except OSError as error:
                raise Unavailable(f"gateway: a door cannot be opened: {error}") from error

        uvloop.run(run())


def _reread(config: Path | None) -> Settings:
    settings = settings_from(config)
    _remark(settings)
    return settings


def _remark(settings: Settings) -> None:
    """Say what is unwise, at a reload as at the start: an empty file is one of defaults."""
    for remark in remarks(settings):
        structlog.get_logger("straymail.policy").warning("policy.remark", text=remark)


def _situate(reading: Extractor) -> Callable[[Settings, Any], Situation]:
    def situate(settings: Settings, model: Any) -> Situation:  # noqa: ANN401  (the learned history)
        guard = Guard(model, settings.policy, read_weights(settings))
        return Situation(guard, settings, make_reader(reading, settings))

    return situate


def _tell(settings: Settings) -> Callable[[list[str]], None]:
    def tell(doors: list[str]) -> None:
        policy = settings.policy
        if settings.log.format == "json":  # every line is an object then
            opened = [" ".join(door.split()) for door in doors]
            _log.info("on_guard", doors=opened, mode=str(policy.mode), ask_at=policy.ask_at, policy=policy.version)
            return
        out = console(stderr=True)
        out.print(Text("Straymail is on guard.", style="bold green"))
        for door in doors:
            out.print(f"  {door}", soft_wrap=True)
        out.print(f"  policy     mode {policy.mode}, asks from {policy.ask_at:.3f} on, version {policy.version}")

    return tell


def log_as(wanted: Log) -> None:
    """Structured logs on standard error: for people, or one JSON object a line."""
    last: Any = (
        structlog.processors.JSONRenderer()
        if wanted.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[wanted.level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
