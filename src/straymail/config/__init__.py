"""``straymail.toml``: the whole of it as types, read from one file, each setting described where it is defined.

    [organisation]  who we are                 (``straymail.verdict.policy.Organisation``)
    [policy]        what to do about what      (``straymail.verdict.policy.Policy``)
    [gateway]       the two doors for mail     [desk]   notices and answers
    [attachments]   reading what is enclosed   [store]  database and key
    [model]         learned weights            [metrics], [log]

Format: TOML 1.0. Lengths of time are written ``"90s"``, ``"30m"``, ``"36h"``, ``"5d"``; sizes ``"64MiB"``; places to
listen ``"127.0.0.1:2525"``, ``"inet:127.0.0.1:8891"``, ``"unix:/run/straymail/milter.sock"``. Relative paths stand
below ``data_dir``. Unknown keys are refused with a suggestion, and each error names file, line, key and what is
allowed. No secret is ever written in the file itself: keys and passwords come from files or the environment.
"""

from __future__ import annotations

from straymail.config.load import default, find, load, parse
from straymail.config.render import render_commented
from straymail.config.sections import Attachments, Desk, Gateway, LimitSettings, Log, Metrics, Model, Store
from straymail.config.settings import Settings
from straymail.config.units import Off, Outbox, Tcp, UnixSocket

__all__ = [
    "Attachments",
    "Desk",
    "Gateway",
    "LimitSettings",
    "Log",
    "Metrics",
    "Model",
    "Off",
    "Outbox",
    "Settings",
    "Store",
    "Tcp",
    "UnixSocket",
    "default",
    "find",
    "load",
    "parse",
    "render_commented",
]
