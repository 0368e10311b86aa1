"""A replay of the shipped example with a few messages more: whom it judges, and what the policy makes of them."""

from __future__ import annotations

import json
from contextlib import closing
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from straymail.audit.ahead import observed
from straymail.audit.mailbox import Spool
from straymail.cli.main import run

EXAMPLE = Path(__file__).parents[3] / "examples/demo/history.mbox"
OWN = "mod.example"


def mail(to: str, more: str = "", text: str = "Text", sender: str = "me@mod.example") -> str:
    return (
        f"From x Thu Jan  1 00:00:00 2026\nFrom: {sender}\nTo: {to}\nSubject: about {to}\n{more}"
        f"Date: Tue, 1 Dec 2026 10:00:00 +0000\nMessage-ID: <last@mod.example>\n\n{text}\n\n"
    )


@pytest.fixture
def replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a replay of the example and more; gives the summary, and the lines of the last message by recipient."""

    def replay(more: str, *options: str, policy: str = "") -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        archive, out, config = tmp_path / "a.mbox", tmp_path / "out.jsonl", tmp_path / "straymail.toml"
        archive.write_text(EXAMPLE.read_text("utf-8") + more, "utf-8")
        config.write_text(f'data_dir = "{tmp_path}"\n{policy}', "utf-8")
        arguments = ("--own", OWN, "--jsonl", str(out), "--config", str(config), "--json", *options)
        with pytest.raises(SystemExit) as ended:
            run(("replay", str(archive), *arguments))
        assert ended.value.code in (0, None)
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        found = {line["recipient"]: line for line in lines if line["message_id"] == "last@mod.example"}
        return json.loads(capsys.readouterr().out), found

    return replay


def test_a_blind_copy_is_judged(replayed: Any) -> None:
    once = mail("somebody@gmail.com", "Cc: other@gmial.com\n")
    blind = mail("somebody@gmail.com", "Cc: other@gmial.com\nBcc: third@gmial.com, other@gmial.com\n")
    before, _ = replayed(once)
    after, lines = replayed(blind)
    assert after["recipients"] == before["recipients"] + 1
    assert lines["third@gmial.com"]["action"] == "ask"


def test_a_blind_copy_is_learned() -> None:
    raw = mail("a@firm.example", "Cc: b@firm.example\nBcc: c@firm.example, a@firm.example\n").partition("\n")[2]
    (seen,) = observed([raw.encode()], frozenset((OWN,)), words=True)
    assert [key for key, _ in seen.recipients] == ["a@firm.example", "b@firm.example", "c@firm.example"]
    assert (seen.sender, seen.automatic) == ("me@mod.example", False)


STRAY = mail("jane.harlow@army.ml")
EXCEPTION = '[[policy.exceptions]]\nrecipient = "jane.harlow@army.ml"\n'
CLIENTS = '[[policy.rules]]\nname = "clients"\naction = "{}"\n{}\n'


def test_an_exception_lets_pass(replayed: Any) -> None:
    asked, lines = replayed(STRAY)
    assert lines["jane.harlow@army.ml"]["action"] == "ask"
    passed, lines = replayed(STRAY, policy=EXCEPTION)
    assert lines["jane.harlow@army.ml"]["action"] == "pass"
    assert passed["questions"] == asked["questions"] - 1
    assert passed["reported"] == asked["reported"]


@pytest.mark.parametrize(
    ("action", "condition"),
    [("ask", 'recipients = ["@northport.example"]'), ("hold", "external = true"), ("ask", "min_probability = 1e-9")],
)
def test_a_rule_on_recipients_stops_whoever_is_likely_right(replayed: Any, action: str, condition: str) -> None:
    known = mail("mei.tan@northport.example", sender="ines.duarte@mod.example")
    quiet, lines = replayed(known)
    assert not lines
    summary, lines = replayed(known, policy=CLIENTS.format(action, condition))
    assert lines["mei.tan@northport.example"]["action"] == action
    counted = "questions" if action == "ask" else "stopped"
    assert summary[counted] > quiet[counted]


@pytest.mark.parametrize("mode", ["watch", "enforce"])
def test_what_is_told_is_what_mode_ask_would_do(replayed: Any, mode: str) -> None:
    policy = f'[policy]\nmode = "{mode}"\n[policy.thresholds]\nhold_at = 0.01\n'
    _, lines = replayed(STRAY, policy=policy)
    assert lines["jane.harlow@army.ml"]["action"] == "ask"


SECRET = "The password for the server is Tr0ub4dor&3-horse\n\nSECRET//NOFORN\n"


def test_content_counts_when_it_is_examined(replayed: Any) -> None:
    marked = mail("mei.tan@northport.example", sender="ines.duarte@mod.example", text=SECRET)
    rule = CLIENTS.format("ask", 'content = ["marking.*"]')
    assert replayed(marked, policy=rule)[1] == {}
    _, lines = replayed(marked, "--content", policy=rule)
    assert lines["mei.tan@northport.example"]["action"] == "ask"
    stranger = mail("new.person@elsewhere.example", text=SECRET)
    before = replayed(stranger)[1].get("new.person@elsewhere.example", {"action": "pass", "probability": 0.0})
    after = replayed(stranger, "--content")[1]["new.person@elsewhere.example"]
    assert (before["action"], after["action"]) == ("pass", "ask")
    assert after["probability"] > before["probability"]
    assert "content.first-contact" in {item["id"] for item in after["evidence"]}


def test_a_zone_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "a.mbox"
    archive.write_text(mail("somebody@firm.example"), "utf-8")  # 10:00 UTC
    judged = {}
    for day in ("2026-12-01", "2026-12-01T10:00:01", "2026-12-01T14:59:00+05:00", "2026-12-01T15:01:00+05:00"):
        with pytest.raises(SystemExit):
            run(("replay", str(archive), "--own", OWN, "--learn-until", day, "--json"))
        judged[day] = json.loads(capsys.readouterr().out.splitlines()[-1])["messages"]
    assert list(judged.values()) == [1, 0, 1, 0]


@pytest.mark.parametrize(("senders", "left_out", "judged"), [("own", 2, 0), ("all", 0, 3)])
def test_mail_of_machines_and_lists_is_counted(replayed: Any, senders: str, left_out: int, judged: int) -> None:
    plain, _ = replayed("", "--senders", senders)
    more = mail("a@firm.example", "Auto-Submitted: auto-replied\n") + mail("b@firm.example", "List-Id: <l.example>\n")
    more += mail("me@mod.example", "Precedence: bulk\n", sender="news@firm.example")
    summary, _ = replayed(more, "--senders", senders)
    assert summary["automatic"] - plain["automatic"] == left_out
    assert summary["messages"] - plain["messages"] == judged


def test_the_lines_are_for_their_owner(replayed: Any, tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").touch(0o644)
    replayed(STRAY)
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600


def test_which_copy_is_told_does_not_depend_on_the_order() -> None:
    copies = [
        mail("a@firm.example", more).partition("\n")[2].replace("<last@", f"<{name}@").encode()
        for name, more in (("m", ""), ("c", ""), ("x", "Bcc: b@firm.example\n"), ("p", "Bcc: b@firm.example\n"))
    ]
    other = mail("z@firm.example").partition("\n")[2].encode()
    for count, kept in ((2, "c@mod.example"), (4, "p@mod.example")):
        for order in permutations(copies[:count]):
            with closing(Spool()) as spool:
                for raw in (*order, other):
                    spool.add(raw)
                assert [message.message_id for message in spool] == [kept, "last@mod.example"]
                assert (len(spool), spool.repeated) == (2, count - 1)
