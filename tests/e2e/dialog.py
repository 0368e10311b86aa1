"""Dialogs: one text file a case, the same for both doors. The lines, in order:

# a remark
history A -> B N [answered]     what is learned before: N messages, and an answer to each
[section] / key = value          settings, in TOML, up to the first client line
client [local]                   a new connection (EHLO is said); ``local`` hands the next message to sendmail(1)
C: LINE                          the client says a line
S: CODE [TEXT]                   the server must answer so
message                          the lines that follow, up to a single ".", are the message's data
reply WORD [from A] [header B]   answer the newest notice to A; the server must say 250 unless an S: line follows
later 6d                         the desk's clock goes on
deliver A, B [with "T"] [without "T"]   the next hop gets one more message for just these recipients
notice A [with "T"] [without "T"]       a notice for A arrives
nothing                          nothing more has arrived
held N [STATE] [A meant B]       so many messages are held; the newest is in that state, A of it is in question
log KIND...                      the log holds just these kinds
"""

from __future__ import annotations

import re
import shlex
import smtplib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from guard import Guard
from sink import Delivered
from straymail.record.custody import Held

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


@dataclass
class Case:
    """A dialog file, read."""

    history: list[tuple[str, str, int, bool]] = field(default_factory=list)
    settings: str = ""
    lines: list[tuple[int, str]] = field(default_factory=list)


def read_case(file: Path) -> Case:
    """Split a file into what comes before and the conversation; raises ValueError naming a line it cannot read."""
    case, begun = Case(), False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if begun or line.startswith("client"):
            begun = True
            case.lines.append((number, line))
        elif line.startswith("history "):
            found = re.fullmatch(r"history (\S+) -> (\S+) (\d+)( answered)?", line)
            if not found:
                raise ValueError(f"{file}:{number}: {line!r}")
            case.history.append((found[1], found[2], int(found[3]), bool(found[4])))
        elif not line.startswith("#"):
            case.settings += line + "\n"
    return case


def history_mbox(case: Case, file: Path) -> Path:
    """The history as an mbox."""
    mails, number = [], 0
    for sender, recipient, count, answered in case.history:
        for turn in range(count):
            for a, b in [(sender, recipient), (recipient, sender)][: 2 if answered else 1]:
                number += 1
                day = 1 + turn % 28
                mails.append(
                    f"From x Thu Jan  1 00:00:00 2026\nMessage-ID: <h{number}@mod.example>\nFrom: {a}\nTo: {b}\n"
                    f"Date: Mon, {day} Jun 2026 10:{number % 60:02}:{number // 60:02} +0000\n"
                    f"Subject: matter {number}\n\nabout matter {number}\n\n"
                )
    file.write_text("".join(mails), encoding="utf-8")
    return file


class Player:
    """Plays a case against a guard; every expectation that fails names the line."""

    def __init__(self, guard: Guard, case: Case, name: str) -> None:
        self.guard, self.case, self.name = guard, case, name
        self.seen: list[Delivered] = []
        self.client: smtplib.SMTP | None = None
        self.answer: tuple[int, str] | None = None
        self.checked = True
        self.local = False
        self.notice: Delivered | None = None

    def play(self) -> None:
        lines = iter(self.case.lines)
        try:
            for number, line in lines:
                where = f"{self.name}:{number}: {line}"
                if line.strip() and not line.startswith("#"):
                    self._line(line, lines, where)
            self._settled("end")
        finally:
            if self.client:
                self.client.close()

    def _line(self, line: str, lines: Iterator[tuple[int, str]], where: str) -> None:
        word, _, rest = line.partition(" ")
        if word != "S:":
            self._settled(where)
        if word == "message":
            self._message(_block(lines))
        elif word in ("client", "C:", "reply", "later"):
            self._act(word, rest)
        else:
            self._look(word, rest, where)

    def _act(self, word: str, rest: str) -> None:
        match word:
            case "client":
                self._connect(rest)
            case "C:":
                self._say(rest)
            case "reply":
                self._reply(shlex.split(rest))
            case "later":
                self.guard.tick(float(rest[:-1]) * _UNITS[rest[-1]])

    def _look(self, word: str, rest: str, where: str) -> None:
        match word:
            case "S:":
                self._expect(rest, where)
            case "deliver":
                self._deliver(rest, where)
            case "notice":
                self._notice(rest, where)
            case "nothing":
                time.sleep(1.5)
                fresh = self._fresh(0)
                assert not fresh, f"{where}: {fresh}"
            case "held":
                self._held(rest.split(), where)
            case "log":
                self._log(rest.split(), where)
            case _:
                raise ValueError(f"{where}: not a line of a dialog")

    # The client ------------------------------------------------------------------------------------------------------

    def _connect(self, rest: str) -> None:
        if self.client:
            self.client.close()
        self.local = rest == "local"
        self.client = None
        if not self.local:
            self.client = smtplib.SMTP("127.0.0.1", self.guard.port, timeout=60)
            self.client.ehlo("client.example")

    def _say(self, text: str) -> None:
        assert self.client
        self.client.send(f"{text}\r\n".encode())
        self._read()

    def _read(self) -> None:
        assert self.client
        code, said = self.client.getreply()
        self.answer, self.checked = (code, said.decode("utf-8", "replace")), False

    def _message(self, lines: list[str]) -> None:
        raw = "".join(f"{'.' if text.startswith('.') else ''}{text}\r\n" for text in lines).encode()
        if self.local:
            assert self.guard.mta
            config = str(self.guard.mta.folder / "etc")
            subprocess.run(
                ["/usr/sbin/sendmail", "-C", config, "-f", "clara@mod.example", "-t"],
                input=raw.replace(b"\r\n", b"\n"),
                check=True,
            )
            return
        assert self.client
        self.client.send(raw + b".\r\n")
        self._read()

    def _expect(self, rest: str, where: str) -> None:
        code, _, text = rest.partition(" ")
        assert self.answer is not None, where
        assert str(self.answer[0]) == code, f"{where}: was {self.answer}"
        assert text in self.answer[1], f"{where}: was {self.answer}"
        self.checked = True

    def _settled(self, where: str) -> None:
        """An answer nobody looked at must be a good one."""
        if not self.checked and self.answer:
            assert self.answer[0] < 400, f"{where}: before it the server said {self.answer}"
        self.checked = True

    def _reply(self, words: list[str]) -> None:
        assert self.notice, "no notice yet"
        text, options = words[0], dict(zip(words[1::2], words[2::2], strict=True))
        who = options.get("from", self.notice.recipients[0])
        address = str(self.notice.mail["From"]).partition("<")[2].rstrip(">")
        raw = (
            f"From: <{options.get('header', who)}>\r\nTo: <{address}>\r\nSubject: Re: {self.notice.mail['Subject']}\r\n"
            f"Message-ID: <reply-{time.monotonic_ns()}@mod.example>\r\n\r\n{text}\r\n\r\n"
            "On Monday Straymail wrote:\r\n> x\r\n"
        )
        with smtplib.SMTP("127.0.0.1", self.guard.port, timeout=60) as client:
            client.ehlo("client.example")
            client.mail(who)
            client.rcpt(address)
            code, said = client.data(raw.encode())
        self.answer, self.checked = (code, said.decode()), False

    # What arrives ----------------------------------------------------------------------------------------------------

    def _fresh(self, wanted: int) -> list[Delivered]:
        mails = self.guard.sink.wait(len(self.seen) + wanted)
        return [each for each in mails if each not in self.seen]

    def _take(self, where: str, notice: bool, rest: str) -> Delivered:
        """Wait for the mail a line describes; two sent at once may arrive in either order."""
        to, tests = _tests(rest)
        deadline = time.monotonic() + 15
        near: list[str] = []
        while time.monotonic() < deadline:
            for each in self._fresh(1):
                if each.is_notice == notice and {address.lower() for address in each.recipients} == to:
                    near = _failed(each, tests)
                    if not near:
                        self.seen.append(each)
                        return each
            time.sleep(0.05)
        raise AssertionError(f"{where}: has not come {near}; there is {self._fresh(0)}; {self.guard.journal[-3000:]}")

    def _deliver(self, rest: str, where: str) -> None:
        self._take(where, False, rest)

    def _notice(self, rest: str, where: str) -> None:
        self.notice = self._take(where, True, rest)
        assert self.notice.mail["Auto-Submitted"], where

    # What is kept ----------------------------------------------------------------------------------------------------

    def _held(self, words: list[str], where: str) -> None:
        deadline = time.monotonic() + 10
        while True:
            held = self.guard.held()
            problem = _held_problem(held, words)
            if not problem or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        assert not problem, f"{where}: {problem}; there is {held}"

    def _log(self, kinds: list[str], where: str) -> None:
        deadline = time.monotonic() + 10
        while (found := self.guard.kinds()) != kinds and time.monotonic() < deadline:
            time.sleep(0.1)
        assert found == kinds, f"{where}: was {found}"


def _held_problem(found: list[Held], words: list[str]) -> str:
    if len(found) != int(words[0]):
        return f"{len(found)} are held"
    if len(words) > 1 and found[-1].state != words[1]:
        return f"the newest is {found[-1].state}"
    if len(words) > 2:
        suspects = {each.address: each.meant for each in found[-1].recipients if each.suspect}
        if words[2] not in suspects or (len(words) > 4 and suspects[words[2]][:1] != (words[4],)):
            return f"in question are {suspects}"
    return ""


def _block(lines: Iterator[tuple[int, str]]) -> list[str]:
    found = []
    for _, text in lines:
        if text == ".":
            break
        found.append(text)
    return found


def _tests(rest: str) -> tuple[set[str], list[tuple[str, str]]]:
    words = shlex.split(rest)
    to: set[str] = set()
    while words and words[0] not in ("with", "without"):
        to.add(words.pop(0).rstrip(",").lower())
    return to, list(zip(words[::2], words[1::2], strict=True))


def _failed(mail: Delivered, tests: list[tuple[str, str]]) -> list[str]:
    return [f"{word} {text!r}: {mail.text[:3000]}" for word, text in tests if (text in mail.text) != (word == "with")]
