"""Room for open files and sockets: the soft limit is raised as far as the doors may need."""

from __future__ import annotations

import resource

import structlog

from straymail.config import Gateway, Off

_OWN = 100  # the store, the log, listening sockets, readers of attachments
_log = structlog.get_logger("straymail.serve")


def needed(gateway: Gateway) -> int:
    """Descriptors for as many connections as may be open: one for each milter's, two for each of the proxy's."""
    each = (not isinstance(gateway.milter, Off)) + 2 * (not isinstance(gateway.listen, Off))
    return _OWN + each * gateway.max_connections


def make_room(gateway: Gateway) -> None:
    """Raise the soft limit to what is needed, as far as the hard one allows; warn where that is too few."""
    wanted = needed(gateway)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _covers(soft, wanted):
        return
    raised = wanted if _covers(hard, wanted) else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    except (OSError, ValueError):
        raised = soft
    if not _covers(raised, wanted):
        remedy = "raise LimitNOFILE (ulimit -Hn), or lower gateway.max_connections"
        _log.warning("descriptors.too_few", limit=raised, needed=wanted, remedy=remedy)


def _covers(limit: int, wanted: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= wanted
