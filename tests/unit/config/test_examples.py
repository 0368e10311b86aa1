"""The policies in examples/policies can be used as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from straymail.cli.main import run
from straymail.config import load

POLICIES = Path(__file__).resolve().parents[3] / "examples" / "policies"
NAMES = ["hospital", "law-firm", "ministry", "university"]


def test_every_example_is_tested() -> None:
    """A new example joins the list below."""
    assert sorted(path.stem for path in POLICIES.glob("*.toml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_example_policies_are_valid(name: str) -> None:
    """Each loads, knows its organisation, and has rules that differ in name."""
    policy = load(POLICIES / f"{name}.toml").policy
    names = [rule.name for rule in policy.rules]
    assert len(names) >= 4
    assert len(names) == len(set(names))
    assert policy.organisation.domains
    assert policy.organisation.officers
    assert 0 < policy.ask_at < 1


HEALTH = "Diagnosis: acute myocardial infarction (ICD-10 I21.0). Medication: bisoprolol 2.5 mg daily, ramipril 5 mg."
PEOPLE = "Name,Date of birth,Passport\n" + "".join(
    f"{name},19{70 + at}-02-0{at + 1},53340137{at}\n"
    for at, name in enumerate(("Al Holt", "Bo Berg", "Cy Abara", "Di Marsh", "Ed Nair"))
)
SECRET = "The password for the portal is Tr4ff1c-Light!77\nuser: crane\n"
PLAN = "TOP SECRET//SI//NOFORN\n\nthe plan\n\nTOP SECRET//SI//NOFORN\n"
PACKED = 'Content-Type: application/zip\nContent-Disposition: attachment; filename="a.zip"\n'
MACHINE, LIST = "Auto-Submitted: auto-generated\n", "List-Id: <news.university.example>\nPrecedence: bulk\n"

MADE = [
    ("ministry", "a@mod.example", "g@bund.de", "", PLAN, "the marking excludes this reader", "hold"),
    ("ministry", "desk.mali@mod.example", "x@defense.gouv.ml", "", PLAN, "the marking excludes this reader", "hold"),
    ("ministry", "desk.mali@mod.example", "x@defense.gouv.ml", "", "Lunch?", "confirmed by the Mali desk", "pass"),
    (
        "ministry",
        "a@mod.example",
        "x@new.example",
        "",
        "OFFICIAL-SENSITIVE\n\nx\n",
        "marked high or above, to a first contact outside",
        "hold",
    ),
    (
        "ministry",
        "minister@mod.example",
        "x@new.example",
        "",
        "I am arriving Tuesday 18:20 on LH1172.",
        "movements of senior people leave the house",
        "ask",
    ),
    ("ministry", "a@mod.example", "x@new.example", "", PEOPLE, "crew and staff lists to the outside", "hold"),
    ("ministry", "a@mod.example", "x@new.example", "", SECRET, "secrets never leave", "hold"),
    ("ministry", "a@mod.example", "x@new.example", PACKED, "PK\3\4", "could not be read, first contact", "ask"),
    ("ministry", "a@mod.example", "g@army.mil", "", "Lunch?", "allies", "pass"),
    (
        "ministry",
        "registry@mod.example",
        "transfers@national-archives.example",
        "",
        PLAN,
        "exception: records go there by law",
        "pass",
    ),
    ("hospital", "a@hospital.example", "gp@practice.nhs.example", "", HEALTH, "within the health network", "pass"),
    (
        "hospital",
        "a@hospital.example",
        "x@insurer.example",
        "",
        PEOPLE,
        "lists of patients or staff leave the hospital",
        "hold",
    ),
    (
        "hospital",
        "lab@hospital.example",
        "x@insurer.example",
        MACHINE,
        HEALTH,
        "health data sent by machines is only marked",
        "tag",
    ),
    ("hospital", "a@hospital.example", "x@gmial.com", "", HEALTH, "health data, and the address looks wrong", "ask"),
    ("hospital", "a@hospital.example", "x@insurer.example", "", HEALTH, "health data to a first contact", "ask"),
    (
        "law-firm",
        "a@partners.example",
        "x@other-side.example",
        "",
        "On Monday, Cy wrote:\n> PRIVILEGED AND CONFIDENTIAL\n> Project Lighthouse closes.\n",
        "privileged words to the other side",
        "hold",
    ),
    (
        "law-firm",
        "a@partners.example",
        "x@munich.court.example",
        "",
        "please find",
        "courts are written to with care already",
        "pass",
    ),
    (
        "law-firm",
        "a@partners.example",
        "x@bank.example",
        "",
        "Project Lighthouse closes.",
        "a matter under embargo leaves the firm",
        "ask",
    ),
    (
        "law-firm",
        "a@partners.example",
        "x@bank.example",
        "",
        "pay to IBAN DE89 3704 0044 0532 0130 00",
        "account details to a first contact",
        "ask",
    ),
    (
        "university",
        "a@examinations.university.example",
        "x@print.example",
        "",
        "the examination paper",
        "examination papers before the day",
        "hold",
    ),
    (
        "university",
        "a@university.example",
        "x@print.example",
        "",
        PEOPLE,
        "records of many people leave the house",
        "ask",
    ),
    ("university", "a@university.example", "x@gmial.com", "", SECRET, "passwords in mail", "ask"),
    ("university", "a@university.example", "x@new.example", LIST, "hello", "lists and newsletters", "pass"),
]


@pytest.mark.parametrize(("policy", "sender", "to", "headers", "text", "rule", "action"), MADE)
def test_every_rule_of_an_example_decides_about_what_it_is_for(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    policy: str,
    sender: str,
    to: str,
    headers: str,
    text: str,
    rule: str,
    action: str,
) -> None:
    settings, message = tmp_path / "straymail.toml", tmp_path / "a.eml"
    settings.write_text(f'data_dir = "{tmp_path}"\n{(POLICIES / policy).with_suffix(".toml").read_text()}')
    message.write_text(f"From: {sender}\nTo: {to}\nSubject: x\nMIME-Version: 1.0\n{headers}\n{text}")
    with pytest.raises(SystemExit):
        run(["policy", "explain", str(message), "--json", "--config", str(settings)])
    told = json.loads(capsys.readouterr().out)["recipients"][0]
    assert (told["rule"], told["action"]) == (rule, action)


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_of_an_example_is_left_out_above(name: str) -> None:
    tried = {rule for policy, *_, rule, _ in MADE if policy == name}
    assert {rule.name for rule in load(POLICIES / f"{name}.toml").policy.rules} <= tried
