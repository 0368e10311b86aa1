"""Secrets: hits and near misses. Every value is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("secret.")}


def glued(*parts: str) -> str:
    """A token put together here, so that no scanner takes this file for a leak."""
    return "".join(parts)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("the password is Harb0ur-7", "secret.password"),
        ("Password: lantern", "secret.password"),
        ("pw: q7Tr!x", "secret.password"),
        ("The new password for the portal is Sunny#Day9.", "secret.password"),
        ("login: ivoss\npassword: lantern", "secret.password"),
        ("User ID: ivoss, pwd = lantern", "secret.password"),
        ("Das Passwort lautet Leucht9turm", "secret.password"),
        ("mot de passe : Ph4re-bleu", "secret.password"),
        ("DB_PASSWORD='lan:tern9'", "secret.password"),
        ('<password encoding="base64">bGFudGVybg==</password>', "secret.password"),
        ("machine ftp.harbour.example login ivoss password lantern9", "secret.password"),
        (glued("-----BEGIN OPENSSH ", "PRIVATE KEY-----\nb3BlbnNzaC1r"), "secret.key"),
        ("PuTTY-User-Key-File-3: ssh-ed25519", "secret.key"),
        (glued("AKIA", "Q7HARB0URLIGHT99"), "secret.token"),
        (glued("ghp_", "hArB0urL1ghtQ7xV2mN8pR4tY6uW3zK5sD1f"), "secret.token"),
        (glued("xoxb-", "21873498123-219873498123-hArB0urL1ghtQ7xV2mN8"), "secret.token"),
        ("api_key = 'q7xv2mn8pr4ty6uw3zk5sd1fh9'", "secret.token"),
        ("Authorization: Basic aXZvc3M6bGFudGVybjk=", "secret.token"),
        ("postgresql://ivoss:lantern9@db.harbour.example/crew", "secret.connection"),
        ("Server=db1;Database=crew;Uid=ivoss;Pwd=lantern9;", "secret.connection"),
        ("root:$6$Q7xV2mN8$hArB0urL1ghtQ7xV2mN8pR4tY6uW3zK5sD1f:19000:", "secret.hash"),
        ("Security code: 554 832", "secret.code"),
        ("Participant passcode: 554832#", "secret.code"),
        ("Your verification code is 554832", "secret.code"),
        ("https://portal.harbour.example/reset-password?token=q7xv2mn8pr4ty6uw3zk5", "secret.reset-link"),
        ("WIFI:T:WPA;S:Mess;P:lantern-9;;", "secret.wifi"),
        ("WLAN guest key: lantern-9X", "secret.wifi"),
    ],
)
def test_secrets(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "the password policy is on the intranet",
        "Forgot your password? Contact the help desk.",
        "your password is required to log in",
        "password: <your password>",
        "password: ********",
        "PASSWORD=${PORTAL_PASSWORD}",
        "password = getenv('PORTAL_PASSWORD')",
        "log in with your user ID and password",
        "your login and password are your payroll number and birthday",
        "passport: see the consular page",
        "the key to the harbour is under the mat",
        "token of appreciation: a bottle of wine",
        "Author: ivo.voss@mod.example",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
        "https://portal.harbour.example/reset-password",
        "the secret of good bread is time",
        "-----BEGIN PUBLIC KEY-----",
        "https://harbour.example:8080/path",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_the_secret_is_not_kept() -> None:
    (finding,) = examine_text("the password is Harb0ur-Light-7", "body")
    assert "Harb0ur" not in f"{finding.excerpt}{finding.text}{finding.digest}"
    assert len(finding.digest) == 16


def test_a_place_is_reported_once() -> None:
    text = "user: ivoss\npassword: lantern9\n"
    assert len([finding for finding in examine_text(text, "body") if finding.id.startswith("secret.")]) == 1


@pytest.mark.parametrize("text", ["password: " * 20_000, "key=" + "a" * 200_000, "user: x\n" * 50_000])
def test_hostile_texts_take_no_long_time(text: str) -> None:
    ids(text)
