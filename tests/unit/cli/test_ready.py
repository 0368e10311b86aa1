"""What keeps the guard from serving, and what it warns of."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from straymail.cli.ready import UNANSWERABLE, refuse_other_key, refuse_unready, remarks
from straymail.cli.serve import _reread, _tell
from straymail.config import parse
from straymail.errors import BadInput
from straymail.record import Record, new_key, open_record


def test_without_domains_questions_cannot_be_answered() -> None:
    assert UNANSWERABLE in remarks(parse(""))
    assert UNANSWERABLE not in remarks(parse('[organisation]\ndomains = ["mod.example"]'))


def test_every_door_shut_is_an_error() -> None:
    with pytest.raises(BadInput, match="every door is shut"):
        refuse_unready(parse('[gateway]\nmilter = "off"\nlisten = "off"'))


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("x")
    text = f'[gateway]\ntls_cert = "{tmp_path}/cert.pem"\ntls_key = "{tmp_path}/key.pem"'
    with pytest.raises(BadInput, match=r"key\.pem: gateway\.tls_key: cannot be read"):
        refuse_unready(parse(text))


def test_the_key_of_another_database_is_refused(tmp_path: Path) -> None:
    settings = parse(f'data_dir = "{tmp_path}"')

    def opened() -> Record:
        settings.store.key_file.write_bytes(new_key())
        settings.store.key_file.chmod(0o600)
        return open_record(settings.store_url, settings.store.key_file)

    first = opened()
    refuse_other_key(first, settings)
    first.close()
    other = opened()
    with pytest.raises(BadInput, match=r"straymail\.key: is not the key of this database"):
        refuse_other_key(other, settings)
    other.close()


def test_what_is_unwise_is_said_at_a_reload_too(tmp_path: Path) -> None:
    file = tmp_path / "straymail.toml"
    file.write_text("")  # an editor may have just emptied it
    with capture_logs() as logs:
        _reread(file)
    assert UNANSWERABLE in [each["text"] for each in logs if each["event"] == "policy.remark"]


def test_with_logs_as_json_every_line_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as logs:
        _tell(parse('[log]\nformat = "json"'))(["milter     unix:/m"])
    assert [(each["event"], each["doors"]) for each in logs] == [("on_guard", ["milter unix:/m"])]
    assert capsys.readouterr() == ("", "")
    _tell(parse(""))(["milter     unix:/m"])
    assert "on guard" in capsys.readouterr().err
