"""The milter behind a real Sendmail: one conversation, and the end of the guard in the midst of a message."""

from __future__ import annotations

import os
import smtplib
from pathlib import Path

import pytest

from dialog import Player, history_mbox, read_case
from guard import running_guard
from private_sendmail import missing


def test_sendmail(tmp_path: Path) -> None:
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(f"CI: Sendmail {why}")
        pytest.skip(f"not run: Sendmail {why}")
    case = read_case(Path(__file__).parent / "sendmail.dialog")
    teach = history_mbox(case, tmp_path / "history.mbox")
    with running_guard("sendmail", settings=case.settings, teach=teach) as guard:
        Player(guard, case, "sendmail.dialog").play()
        assert "engine.failed" not in guard.journal
        with smtplib.SMTP("127.0.0.1", guard.port, timeout=60) as client:
            client.ehlo("client.example")
            client.mail("clara@mod.example")
            client.rcpt("tom@mod.example")
            guard.process.kill()
            guard.process.wait()
            assert client.data(b"From: clara@mod.example\r\n\r\nToo late\r\n")[0] == 451
            assert client.mail("clara@mod.example")[0] == 451
        assert not any(b"Too late" in mail.raw for mail in guard.sink.mails)
