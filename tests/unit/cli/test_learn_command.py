"""What ``straymail learn`` says, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from straymail.audit.directories import read_directory
from straymail.cli.main import run
from straymail.cli.own import with_own
from straymail.config import load, parse
from straymail.errors import ArchiveError
from straymail.record import history, open_record

MAIL = b"Message-ID: <1@mod.example>\nFrom: a@mod.example\nTo: b@x.example\n\nhello\n"


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        run(arguments)
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"a.eml": MAIL}, 0, "Learned."),
        ({"a.eml": MAIL, "b.bin": b"\0"}, 0, "Could not be read: 1"),
        ({"a.bin": b"\0", "b.bin": b"\1"}, 3, "Nothing could be read."),
        ({}, 0, "Learned."),
    ],
)
def test_learning_says_whether_it_could_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes], code: int, said: str
) -> None:
    config, mail = str(tmp_path / "straymail.toml"), tmp_path / "mail"
    ended("init", "--own", "mod.example", "--config", config, "--data-dir", str(tmp_path))
    mail.mkdir()
    for name, data in files.items():
        (mail / name).write_bytes(data)
    capsys.readouterr()
    assert ended("learn", str(mail), "-c", config) == code
    assert said in capsys.readouterr().out


def test_a_directory_of_nobody_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(tmp_path / "straymail.toml")
    ended("init", "--own", "mod.example", "--config", config, "--data-dir", str(tmp_path))
    (tmp_path / "a.vcf").write_text("nothing\n")
    assert ended("learn", "--directory", str(tmp_path / "a.vcf"), "-c", config) == 3
    assert "holds no card" in capsys.readouterr().out


def test_own_domains_are_written_into_settings_that_name_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "straymail.toml"
    ended("init", "--config", str(config), "--data-dir", str(tmp_path))
    before = config.read_text()
    (tmp_path / "a.eml").write_bytes(MAIL)
    capsys.readouterr()
    assert ended("learn", str(tmp_path / "a.eml"), "--own", "Mod.Example", "-c", str(config)) == 0
    assert "was written" in capsys.readouterr().out
    assert load(config).organisation.domains == ("mod.example",)
    assert config.read_text() == before.replace("# domains = []", 'domains = ["mod.example"]')
    assert ended("learn", str(tmp_path / "a.eml"), "--own", "other.example", "-c", str(config)) == 0
    assert load(config).organisation.domains == ("mod.example",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '[organisation]\nname = "x"\n[policy]\nmode = "ask"\n',
        "[organisation]\ndomains = []\n",
        "[organisation] # who\n# more\n",
        '[policy]\nmode = "ask"',
    ],
)
def test_own_domains_find_their_place(text: str) -> None:
    assert parse(with_own(text, ["a.example", "b.example"])).organisation.domains == ("a.example", "b.example")


CARD = "BEGIN:VCARD\nFN:Clara Voss\nEMAIL:clara@x.example\nEND:VCARD\n"


@pytest.mark.parametrize(
    ("name", "text"), [("a.vcf", CARD), ("a.csv", "E-Mail-Adresse;Vorname;Nachname\nclara@x.example;Clara;Voss\n")]
)
def test_a_directory_is_known_by_its_kind_and_learned_once(tmp_path: Path, name: str, text: str) -> None:
    config = tmp_path / "straymail.toml"
    ended("init", "--own", "mod.example", "--config", str(config), "--data-dir", str(tmp_path))
    (tmp_path / name).write_text(text)
    settings, revisions = load(config), []
    for _ in range(3):
        assert ended("learn", str(tmp_path / name), "-c", str(config)) == 0
        record = open_record(settings.store_url, settings.store.key_file)
        with record.reading() as connection:
            model = history.load_history(connection, ["mod.example"], record.keys.words)
        record.close()
        revisions.append(model.revision)
        assert model.names("clara@x.example") == [("Clara Voss", 1)]
    assert revisions == [1, 1, 1]


def test_second_addresses_and_a_card_without_an_end_are_read(tmp_path: Path) -> None:
    table, cards, faults = tmp_path / "a.csv", tmp_path / "a.vcf", list[ArchiveError]()
    table.write_text("First Name,Last Name,E-mail Address,E-mail 2 Address\nClara,Voss,c@x.example,v@y.example\n")
    assert [str(each.address) for each in read_directory(table, faults)] == ["c@x.example", "v@y.example"]
    assert faults == []
    cards.write_text(CARD + "BEGIN:VCARD\nFN:Tom\nEMAIL:tom@x.example\n")
    assert [str(each.address) for each in read_directory(cards, faults)] == ["clara@x.example", "tom@x.example"]
    assert "no end" in str(faults[0])


def test_own_domains_that_no_message_names_are_told_and_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A domain misspelt with --own would make everybody external, and nobody could be asked."""
    config = tmp_path / "straymail.toml"
    ended("init", "--config", str(config), "--data-dir", str(tmp_path))
    (tmp_path / "a.eml").write_bytes(MAIL)
    for _ in range(2):  # the second time the file is known already
        capsys.readouterr()
        assert ended("learn", str(tmp_path / "a.eml"), "--own", "mod.exmaple", "-c", str(config)) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "No message learned is from or to mod.exmaple." in told
        assert "Most messages name mod.example, x.example." in told
        assert load(config).organisation.domains == ()
    assert ended("learn", str(tmp_path / "a.eml"), "--own", "mod.example", "-c", str(config)) == 0
    assert load(config).organisation.domains == ("mod.example",)
    assert "No message" not in capsys.readouterr().out


def people(file: Path, data: str, faults: list[ArchiveError]) -> list[tuple[str, str]]:
    file.write_text(data, encoding="utf-8")
    return [(str(each.address), each.name) for each in read_directory(file, faults)]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("sep=;\r\nName;Email\r\nAda Lund;a@x.example\r\n", [("a@x.example", "Ada Lund")]),
        ('#TYPE System.User\r\n"DisplayName","mail"\r\n"Ada","a@x.example"\r\n', [("a@x.example", "Ada")]),
        (
            "DisplayName,UserPrincipalName,PrimarySmtpAddress\nAda,u1@x.example,ada@x.example\n",
            [("ada@x.example", "Ada")],
        ),
        ("Name,Adresse e-mail\nAda,a@x.example\nBo,b@x.example\n", [("a@x.example", "Ada"), ("b@x.example", "Bo")]),
        ("Name,Address,Their mail\nAda,1 High Street,a@x.example\n", [("a@x.example", "Ada")]),
        ("Name,Mail\nAda,SMTP:a@x.example;smtp:b@x.example\n", [("a@x.example", "Ada"), ("b@x.example", "Ada")]),
        ("Mail\nAda Lund <a@x.example>\nmailto:b@x.example\n", [("a@x.example", "Ada Lund"), ("b@x.example", "")]),
        ('Name,Mail\n"Ada\nLund",a@x.example\n', [("a@x.example", "Ada Lund")]),
        ('Name,Mail\n"Lund ""Al"", Ada",a@x.example\n', [("a@x.example", 'Lund "Al", Ada')]),
        ("Name,Mail\nAda,\nBo,b@x.example\n", [("b@x.example", "Bo")]),
        ("a@x.example\nb@x.example\n", [("a@x.example", ""), ("b@x.example", "")]),
    ],
)
def test_tables_as_programs_export_them(tmp_path: Path, table: str, found: list[tuple[str, str]]) -> None:
    faults: list[ArchiveError] = []
    assert people(tmp_path / "a.csv", table, faults) == found
    assert faults == []


def test_a_row_without_the_cell_is_a_fault(tmp_path: Path) -> None:
    """A quotation mark that is never closed takes the rest of the table into one cell: that is told."""
    faults: list[ArchiveError] = []
    assert people(tmp_path / "a.csv", 'Name,Mail\nAda,a@x.example\n"Bo,b@x.example\nCy,c@x.example\n', faults)
    assert [fault.line for fault in faults] == [3]


@pytest.mark.parametrize(
    ("card", "found"),
    [
        ("N:Lund;Ada;;;\nEMAIL:a@x.example\n", [("a@x.example", "Ada Lund")]),
        ("FN:Ada Lund\nN:Other;One\nEMAIL:a@x.example\n", [("a@x.example", "Ada Lund")]),
        ("N;ENCODING=QUOTED-PRINTABLE:M=C3=B6rk;J=\n =C3=B6n\nEMAIL:a@x.example\n", [("a@x.example", "J ön Mörk")]),
        ("FN:Ada\nEMAIL:\nEMAIL;TYPE=work:mailto:a@x.example\n", [("a@x.example", "Ada")]),
    ],
)
def test_cards_of_every_age(tmp_path: Path, card: str, found: list[tuple[str, str]]) -> None:
    faults: list[ArchiveError] = []
    assert people(tmp_path / "a.vcf", f"BEGIN:VCARD\nVERSION:2.1\n{card}END:VCARD\n", faults) == found
    assert faults == []


def test_a_verdict_with_nothing_learned_says_so_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(tmp_path / "straymail.toml")
    ended("init", "--own", "mod.example", "--config", config, "--data-dir", str(tmp_path))
    capsys.readouterr()
    asked = ("check", "--from", "a@mod.example", "b@x.example", "-c", config)
    assert ended(*asked) == 0
    assert "Nothing has been learned" in capsys.readouterr().err
    assert ended(*asked, "--json") == 0
    assert not capsys.readouterr().err
    (tmp_path / "a.eml").write_bytes(MAIL)
    ended("learn", str(tmp_path / "a.eml"), "-c", config)
    capsys.readouterr()
    ended(*asked)
    assert not capsys.readouterr().err
