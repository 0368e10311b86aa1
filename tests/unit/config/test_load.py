"""Faults in straymail.toml name file, line, key, and what is allowed."""

from __future__ import annotations

from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
import re2

from straymail.config import Off, Outbox, Settings, Tcp, UnixSocket, default, find, load, parse, render_commented
from straymail.config.checks import CONTENT_CLASSES, CONTENT_IDS
from straymail.config.load import SettingsError
from straymail.content.travel import _GROUPS
from straymail.desk.notices import _CLASSES
from straymail.errors import ConfigError
from straymail.extract.model import _TEXTS
from straymail.verdict import Mode, OnFailure


@pytest.mark.parametrize(
    ("text", "line", "field", "words"),
    [
        ("x = 1", 1, "x", "unknown key"),
        ("[polcy]\nmode = 'ask'", 1, "polcy", "did you mean 'policy'"),
        ("# note\n[policy]\n\nmoed = 'ask'", 4, "policy.moed", "did you mean 'mode'"),
        ("[policy]\nmode = 'aks'", 2, "policy.mode", "'watch', 'ask' or 'enforce'"),
        ("[policy]\non_error = 'drop'", 2, "policy.on_error", "'pass', 'hold' or 'defer'"),
        ("[policy]\nbudget = 0", 2, "policy.budget", "greater than 0"),
        ("[policy.thresholds]\nask_at = 2", 2, "policy.thresholds.ask_at", "less than or equal to 1"),
        ("policy = 3", 1, "policy", "a table of keys"),
        ("[gateway]\nlisten = 'nowhere'", 2, "gateway.listen", '"off"'),
        ("[gateway]\nlisten = 'localhost:70000'", 2, "gateway.listen", '"off"'),
        ("[gateway]\nnext_hop = 'nowhere'", 2, "gateway.next_hop", "outbox:/folder"),
        ("[gateway]\nmax_connections = 0", 2, "gateway.max_connections", "greater than or equal to 1"),
        ("[gateway.limits]\nsize = '9 bushels'", 2, "gateway.limits.size", "64MiB"),
        ("[gateway]\ntls_cert = 'a.pem'", 1, "gateway", "tls_cert and tls_key belong together"),
        ("[desk]\nexpire_after = '5 fortnights'", 2, "desk.expire_after", '"5d"'),
        ("[desk]\ntime_zone = 'Mars/Base'", 2, "desk.time_zone", "Europe/London"),
        ("[desk]\ntime_zone = '../../etc/passwd'", 2, "desk.time_zone", "Europe/London"),
        ("[desk]\nremind_after = '6d'", 2, "desk.remind_after", "must be shorter than expire_after"),
        ("[desk]\n\nexpire_after = '9s'", 3, "desk.expire_after", "from 1m to 90d"),
        ("[desk]\naddress = 'desk+mail@mod.example'", 2, "desk.address", "no +"),
        (
            "[desk]\naddress = 'a-rather-long-name-of-a-straymail-desk@mod.example'",
            2,
            "desk.address",
            "at most 37 octets",
        ),
        ("[store]\nurl = 'postgresql://me:secret@db/mail'", 2, "store.url", "STRAYMAIL_STORE_URL"),
        ("[organisation]\ndomains = 'mod.example'", 2, "organisation.domains", "a list"),
        ("[policy]\norganisation = {}", 2, "policy.organisation", "section of its own"),
        ("[policy]\nbudget = true", 2, "policy.budget", "True is not allowed (allowed: a number)"),
        ("[policy]\nbudget = '2'", 2, "policy.budget", "a number"),
        ("[policy.costs]\n\nhigh = false", 3, "policy.costs.high", "a number"),
        (
            "[[policy.rules]]\nname = 'a'\naction = 'ask'\nexternal = 'yes'",
            4,
            "policy.rules[1].external",
            "true or false",
        ),
        ("[[policy.rules]]\nname = 'a'\naction = 'ask'\nmin_loss = '1'", 4, "policy.rules[1].min_loss", "a number"),
        ("[attachments]\nread = 0", 2, "attachments.read", "true or false"),
        ("[gateway]\njudge_timeout = '0s'", 2, "gateway.judge_timeout", "longer than 0s"),
        ("[gateway]\nidle_timeout = 0", 2, "gateway.idle_timeout", "longer than 0s"),
        ("[attachments]\ntimeout = '0m'", 2, "attachments.timeout", "longer than 0s"),
        ("[desk]\nretry_after = '0s'", 2, "desk.retry_after", "longer than 0s"),
        ("[desk]\ntime_zone = []", 2, "desk.time_zone", "a list or a table is not allowed (allowed: a time zone"),
        ('[model]\nweights = "a\\u0000b"', 2, "model.weights", "a control character"),
        ('data_dir = "\\u0000"', 1, "data_dir", "a control character"),
        ("[organisation]\ncountry = 'UK'", 2, "organisation.country", "did you mean 'GB'?"),
        ("[organisation]\ncountry = 'XX'", 2, "organisation.country", "two capital letters"),
        ("[log]\nlevel = 'loud'", 2, "log.level", "'debug', 'info', 'warning' or 'error'"),
        ("[policy.rules]\nname = 'a'", 1, "policy.rules", "one table is not allowed (allowed: [[policy.rules]], once"),
        ("[[policy.rules]]\nname = ''\naction = 'ask'", 2, "policy.rules[1].name", "(allowed: some text)"),
        ("[[policy.terms]]\ntext = 'x'", 2, "policy.terms[1].text", "(allowed: at least 2 characters)"),
        ("[[policy.exceptions]]\nrecipient = '*'\nnote = 5", 3, "policy.exceptions[1].note", "text in quotation marks"),
        ("[[policy.exceptions]]\nrecipient = '<>'", 2, "policy.exceptions[1].recipient", "nobody writes to the null"),
        (
            "[[policy.markings]]\ntext = 'A1'\nexcludes = ['new', 'Germany']",
            3,
            "policy.markings[1].excludes[2]",
            '"DE"',
        ),
        (
            "[[policy.markings]]\ntext = 'A1'\nexcludes = ['!gov.uk']",
            3,
            "policy.markings[1].excludes[1]",
            '"!.gov.uk"',
        ),
        ("a = [1,\n2", 2, "", "not valid TOML"),
        ("[policy]\n\nmode = ask", 3, "", "not valid TOML"),
    ],
)
def test_fault_names_line_key_and_what_is_allowed(text: str, line: int, field: str, words: str) -> None:
    """Each fault points to its line and says what would do."""
    with pytest.raises(ConfigError) as caught:
        parse(text, "straymail.toml")
    fault = caught.value
    assert (line, field) == (fault.line, fault.field)
    assert words in str(fault)
    assert str(fault).startswith(f"straymail.toml:{line}: ")


def test_the_secret_in_a_refused_url_is_not_repeated() -> None:
    """The error on a password in the file does not print the password."""
    with pytest.raises(ConfigError) as caught:
        parse("[store]\nurl = 'postgresql://me:hunter2@db/mail'")
    assert "hunter2" not in str(caught.value)


def test_several_faults_come_in_the_order_of_the_file() -> None:
    """The first is raised; the others are at hand."""
    text = """
[[policy.rules]]
name = "good"
action = "hold"

[[policy.rules]]
name = "bad"
acton = "hold"

[gateway]
max_connections = -1
"""
    with pytest.raises(SettingsError) as caught:
        parse(text)
    faults = [caught.value, *caught.value.others]
    assert [(fault.line, fault.field) for fault in faults] == [
        (6, "policy.rules[2].action"),
        (8, "policy.rules[2].acton"),
        (11, "gateway.max_connections"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("markng.*", "did you mean 'marking'?"),
        ("key", "no content is called 'key'"),
        ("x*.y", "no content is called 'x*'"),
        ("Secret.key", "did you mean 'secret'?"),
        ("secret.keys", "did you mean 'secret.key'? (allowed: secret.password, secret.key"),
        ("marking.usa", "did you mean 'marking.us'?"),
        ("*.key", "no content is called '*'"),  # a star stands at the end of a class alone
        ("sec*", "did you mean 'secret'?"),
    ],
)
def test_a_rule_about_content_that_nobody_looks_for_is_refused(content: str, said: str) -> None:
    """It would never apply, and nobody would notice."""
    text = '[[policy.rules]]\nname = "fine"\naction = "hold"\ncontent = ["secret.key", "money.*", "*", "own"]\n\n'
    with pytest.raises(ConfigError) as caught:
        parse(f'{text}[[policy.rules]]\nname = "x"\naction = "hold"\ncontent = ["{content}"]\n')
    assert (caught.value.line, caught.value.field) == (9, "policy.rules[2].content")
    assert said in str(caught.value)


def test_content_is_called_the_same_everywhere() -> None:
    """A notice has words for every class a rule may name."""
    assert set(CONTENT_CLASSES) == set(_CLASSES)


def test_every_id_that_is_given_can_be_named_in_a_rule() -> None:
    """Those written in the detectors, those put together of a class and a kind; and no others."""
    written = re2.compile('"((?:' + "|".join(CONTENT_CLASSES) + ')\\.[a-z-]+)"')
    folder = files("straymail.content")
    given = {
        found[1]
        for each in folder.iterdir()
        if each.name.endswith(".py")
        for found in written.finditer(each.read_text())
    }
    given |= {f"unread.{why}" for why in _TEXTS} | {f"travel.{each.kind}" for each in _GROUPS if each.kind}
    columns = folder.joinpath("prose.tsv").read_text("utf-8").partition("Columns: ")[2].partition("\n")[0].split(", ")
    assert given | {f"{name}.prose" for name in columns} == set(CONTENT_IDS)


def test_an_unknown_group_is_reported_where_it_stands() -> None:
    """Not at the head of the section."""
    text = '[policy]\n# "group:board"\nmode = "ask"\n[[policy.rules]]\nname = "x"\naction = "hold"\n'
    text += 'senders = ["group:board"]\n'
    with pytest.raises(ConfigError, match="is not defined") as caught:
        parse(text)
    assert caught.value.line == 7


def test_values_that_span_lines_do_not_mislead_the_line_count() -> None:
    """Arrays, multi-line strings and comments with brackets are stepped over."""
    text = '''
[organisation]
name = """
[policy]
mode = "nonsense"
"""  # [ not a bracket
[policy]
terms = [
  { text = "Heron ]", sensitivity = "high" },  # ]]
]
"mode" = "aks"
'''
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.field) == (11, "policy.mode")


def test_unreadable_files_are_config_errors(tmp_path: Path) -> None:
    """A missing file and bytes that are no text are told as such."""
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "straymail.toml")
    broken = tmp_path / "broken.toml"
    broken.write_bytes(b"# fine\nname = '\xff'\n")
    with pytest.raises(ConfigError, match=r"broken\.toml:2: is not UTF-8 text"):
        load(broken)


def test_paths_stand_below_the_data_folder(tmp_path: Path) -> None:
    """Relative paths are resolved once, absolute ones stay."""
    text = f"data_dir = '{tmp_path}'\n[gateway]\nnext_hop = 'outbox:out'\n[store]\nkey_file = '/etc/keys/mail'\n"
    settings = parse(text)
    assert Outbox(tmp_path / "out") == settings.gateway.next_hop
    assert UnixSocket(tmp_path / "milter.sock") == settings.gateway.milter
    assert Path("/etc/keys/mail") == settings.store.key_file
    assert f"sqlite:///{tmp_path}/straymail.db" == settings.store_url


def test_the_environment_may_name_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL with a password comes from the environment, never from the file."""
    monkeypatch.setenv("STRAYMAIL_STORE_URL", "postgresql://me:secret@db/mail")
    assert default(tmp_path).store_url == "postgresql://me:secret@db/mail"


def test_written_forms() -> None:
    """Lengths, sizes and places are read in their written forms."""
    settings = parse(
        "[gateway]\nmilter = 'inet:127.0.0.1:8891'\nlisten = 'off'\nnext_hop = '[::1]:25'\njudge_timeout = '1.5s'\n"
        "[gateway.limits]\nsize = '10MB'\n[desk]\nexpire_after = '3 days'\nremind_after = '36h'\n"
        "[policy]\nmode = 'watch'\non_store_down = 'pass'\n"
    )
    assert Tcp("127.0.0.1", 8891) == settings.gateway.milter
    assert Off() == settings.gateway.listen
    assert str(settings.gateway.next_hop) == "[::1]:25"
    assert timedelta(seconds=1.5) == settings.gateway.judge_timeout
    assert settings.gateway.limits.limits().size == 10_000_000
    assert (timedelta(days=3), timedelta(hours=36)) == (settings.desk.expire_after, settings.desk.remind_after)
    assert (settings.policy.mode, settings.policy.on_store_down) == (Mode.WATCH, OnFailure.PASS)


def test_the_commented_sample_is_the_defaults(tmp_path: Path) -> None:
    """The sample file reads as the defaults, and so it does with every setting uncommented."""
    text = render_commented(data_dir=f"'{tmp_path}'")
    assert default(tmp_path) == parse(text)
    uncommented = [line.removeprefix("# ") if _is_setting(line) else line for line in text.splitlines()]
    assert len(uncommented) > 100
    assert default(tmp_path) == parse("\n".join(uncommented))


def _is_setting(line: str) -> bool:
    name, equals, value = line.removeprefix("# ").partition(" = ")
    return line.startswith("# ") and bool(equals and value) and name.replace("_", "").isalnum() and line[2] != " "


def test_a_section_may_be_appended_to_the_sample() -> None:
    text = render_commented() + '[[policy.markings]]\ntext = "COMPANY SECRET"\n'
    assert [each.text for each in parse(text).policy.markings] == ["COMPANY SECRET"]


def test_given_values_stand_in_the_sample() -> None:
    """`straymail init` fills in what it knows."""
    settings = parse(render_commented(organisation__name='"Ministry"', gateway__listen='"127.0.0.1:2626"'))
    assert ("Ministry", Tcp("127.0.0.1", 2626)) == (settings.organisation.name, settings.gateway.listen)


def test_the_policy_knows_the_organisation(tmp_path: Path) -> None:
    """Rules ask what is external; the policy carries the organisation."""
    settings = Settings(data_dir=tmp_path)
    assert settings.policy.organisation == settings.organisation


def test_the_file_is_found_in_the_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment comes first, then the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "straymail.toml").write_text("")
    assert Path("straymail.toml") == find()
    monkeypatch.setenv("STRAYMAIL_CONFIG", "/elsewhere.toml")
    assert Path("/elsewhere.toml") == find()


def test_every_odd_value_is_told_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("[policy]\nbudget = true\nmoed = 'ask'\n[attachments]\nread = 'no'\nworkers = 'x'\n", "a.toml")
    told = [caught.value, *getattr(caught.value, "others", ())]
    assert [each.field for each in told] == ["policy.budget", "policy.moed", "attachments.read", "attachments.workers"]


@pytest.mark.parametrize("country", ["GB", "DE", "EU", ""])
def test_countries_and_lines_in_notes_are_allowed(country: str) -> None:
    text = f'[organisation]\ncountry = "{country}"\n[[policy.exceptions]]\nrecipient = "*"\nnote = """a\nb\tc"""\n'
    assert parse(text).organisation.country == country
