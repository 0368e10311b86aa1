"""The limit of open descriptors is raised to what the doors need."""

from __future__ import annotations

import resource

import pytest
from structlog.testing import capture_logs

from straymail.cli import descriptors
from straymail.config import parse

GATEWAY = parse("[gateway]\nmax_connections = 1000\n").gateway  # 3,100 descriptors


@pytest.mark.parametrize(
    ("soft", "hard", "asked", "warned"),
    [
        (1_024, 65_536, (3_100, 65_536), False),
        (1_024, resource.RLIM_INFINITY, (3_100, resource.RLIM_INFINITY), False),
        (1_024, 2_048, (2_048, 2_048), True),
        (65_536, 65_536, None, False),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, None, False),
    ],
)
def test_as_far_as_the_hard_limit_allows(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, asked: tuple[int, int] | None, warned: bool
) -> None:
    said: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _which, limits: said.append(limits))
    with capture_logs() as logs:
        descriptors.make_room(GATEWAY)
    assert said == ([asked] if asked else [])
    assert [each["event"] for each in logs] == (["descriptors.too_few"] if warned else [])


def test_a_door_that_is_shut_needs_none() -> None:
    shut = parse('[gateway]\nmilter = "off"\nmax_connections = 1000\n').gateway
    assert descriptors.needed(shut) < descriptors.needed(GATEWAY)
