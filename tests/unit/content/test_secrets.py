"""Secrets: hits and near misses. Every value is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text
from straymail.evidence import Sensitivity

WALLET = "ribbon velvet canoe orbit lunar thunder copper meadow pencil ladder saddle winter"


def ids(text: str) -> set[str]:
    """What rules find: whether its words as a whole speak of a secret is for ``test_prose``."""
    ids = {finding.id for finding in examine_text(text, "body") if finding.id.startswith("secret.")}
    return ids - {"secret.prose"}


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
        # Words of other languages, and what may stand between the word and the value.
        ("La contraseña temporal es Faro#2027", "secret.password"),
        ("mdp : Phare#2027", "secret.password"),
        ("clave: Faro#2027", "secret.password"),
        ("La password è Faro#2027", "secret.password"),
        ("Heslo je Majak#2027", "secret.password"),
        ("Пароль: Mayak#2027", "secret.password"),
        ("Lösenordet är Fyren#2027", "secret.password"),
        ("Das neue Kennwort für den Server lautet Leucht#9turm", "secret.password"),
        ("the password has been changed to Kx9#pQ2m", "secret.password"),
        ("I've set your password to Kx9#pQ2m", "secret.password"),
        ("log in with password Kx9#pQ2m please", "secret.password"),
        ("use the password Kx9#pQ2m", "secret.password"),
        ("Kx9#pQ2m is your new password", "secret.password"),
        ("Here is the password - Kx9#pQ2m", "secret.password"),
        ("Your temporary password is:\n\n    Kx9#pQ2m", "secret.password"),
        ("The *password*: Kx9#pQ2m", "secret.password"),
        ("Password | Kx9#pQ2m", "secret.password"),
        ("System,User,Password\nRouter,admin,Kx9#pQ2m", "secret.password"),
        ("system,user,password\r\nsap,js,BlueKettle19\r\n", "secret.password"),
        ("login,pass\nsap,BlueKettle19\n", "secret.password"),
        ("User;Initial password;Since\njs;BlueKettle19;May", "secret.password"),
        ("Name,Temporary_Password\njs,BlueKettle19", "secret.password"),
        ('System,User,Password\n"SAP, old",js,"Blue,Kettle19"', "secret.password"),
        ("System\tUser\tPassword\tNote\nSwitch\tadmin\tlantern9", "secret.password"),
        ("| Host | Password |\n|---|---|\n| a | Kx9#pQ2m |", "secret.password"),
        ("https://zoom.example/j/8123?pwd=AbCdEf0123456789XyZ", "secret.password"),
        ("our api key is q7xv2mn8pr4ty6uw3zk5sd1fh9q7xv2m", "secret.token"),
        ("the token is 3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c3f9a8b7c", "secret.token"),
        ("client secret q7xv2mn8pr4ty6uw3zk5sd1fh9q7xv2m", "secret.token"),
        ("https://app.example.com/login?token=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", "secret.token"),
        ("https://api.example.com/v1/e?access_token=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c", "secret.token"),
        (glued("whsec_", "q7xv2mn8pr4ty6uw3zk5sd1fh9"), "secret.token"),
        (glued("sk-", "q7xv2mn8pr4ty6uw3zk5sd1fh9q7xv2mn8pr4ty6uw3zk5sd"), "secret.token"),
        (glued("abc8", "Q~hArB0urL1ghtQ7xV2mN8pR4tY6uW3zK5s"), "secret.token"),
        (
            glued("https://discord.com/api/web", "hooks/12345678901234567/", "hArB0urL1ghtQ7xV2mN8" * 3),
            "secret.token",
        ),
        (
            "Reset your password: https://app.example.com/password/reset?token=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c",
            "secret.reset-link",
        ),
        ("482913 is your Harbour verification code", "secret.code"),
        ("Gate code: 4821", "secret.code"),
        ("The door code is 4821#", "secret.code"),
        ("Der Türcode lautet 4821", "secret.code"),
        ("Votre code de vérification est 482913", "secret.code"),
        ("PIN 4821", "secret.code"),
        ("ivoss:abJnggx9B/yWI\ncvoss:q7Jnggx9B/yWI\n", "secret.hash"),
        ("ivoss:abJnggx9B/yWI:500:500::/home/ivoss:/bin/sh", "secret.hash"),
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
        # Links count clicks by tokens and keys.
        "https://list.example.com/unsub?token=3f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c",
        "https://list.example.com/unsub?key=AbCdEf0123456789XyZ",
        # Names of things are words joined.
        'sort_key="last_modified_timestamp_2024"',
        "Credentials: AWS-Certified-Solutions-Architect-2023",
        "Order key: 302-4471123-8812345",
        # Programs.
        'self.password = request.form["password"]',
        "password = getpass.getpass()",
        'const password = document.getElementById("password").value;',
        "password = args.db_password",
        "Subject:Confirmation2",
        "Author:Abcdef12345Gh",
        "PIN: 560001, India",
        "J4 pin 1001 is ground",
        "security code 2019 edition",
        "tan 4711",
        "Passwort: folgt",
        "Passwort: siehe unten",
        "Das Passwort kommt per SMS",
        # With nothing between, only what no word looks like.
        "use the password manager",
        "use the password reset-page",
        "log in with password at 10:30am",
        "new password must have 8 characters",
        "with password-protected files",
        "the password - if any - is yours",
        "enter user name, password, then 2FA",
        "Name,Password,Note\n",
        "User | Password\nAnna | see the vault",
        "Test,Pass\nT-100,R2D2\n",
        "Name,Boarding pass\nAnna,K7-20B",
        "Course,Password policy\r\nA1,Rev-2024\r\n",
        "Whitmore1 is the best password manager",
        "use the password policy-2024",
        "the token is a coin",
        "482913 is your order",
        "zip code: 48213",
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


def test_many_secrets_are_told_with_a_count() -> None:
    text = "".join(f"user password: lantern{number}x\n" for number in range(5_000))
    found = [finding for finding in examine_text(text, "body") if finding.id == "secret.password"]
    assert len(found) == 100
    assert found[-1].excerpt.endswith("and 4900 more")


def test_a_link_to_a_meeting_opens_less_than_a_password() -> None:
    (link,) = examine_text("https://zoom.example/j/8123?pwd=AbCdEf0123456789XyZ", "body")
    (word,) = examine_text("password: AbCdEf0123456789XyZ", "body")
    assert (link.sensitivity, word.sensitivity) == (Sensitivity.ELEVATED, Sensitivity.HIGH)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("the Wi-Fi is called LoftHub-Members with the key brick7lantern7cloud.", "secret.wifi"),
        ("Wi-Fi LoftHub-Members, password brick7lantern7cloud", "secret.wifi"),
        ("WLAN Gast mit Passwort Regen2Schirm4\n", "secret.wifi"),
        ("The wifi network is Attic5G and the password copperKettle42 works upstairs", "secret.wifi"),
        ("Wi-Fi: LoftHub-Members / brick7lantern7cloud", "secret.wifi"),
        ("SSID: Annexe-Guest, plum4ladder9", "secret.wifi"),
        ("join the hotspot BusTwo with the key wheels0nTheBus", "secret.wifi"),
        ("our wireless is\nMillHouse, key tidal9Wheel33", "secret.wifi"),
        ("the zip is encrypted, use Tulpenveld_88 to open it", "secret.password"),
        ("the zip I sent is encrypted; you can open it with Tulpenveld_88.", "secret.password"),
        ("It's password protected, type Gr4vel!pit to unlock", "secret.password"),
        ("unzip the archive using Fjord#2031", "secret.password"),
        ("The PDF is locked. Enter Mar1gold-Hill to read it", "secret.password"),
        ("decrypt the archive with s4Ltmarsh!Reed", "secret.password"),
        ("my login is kfrancis / Sp4rrow!2019", "secret.password"),
        ("can you log in as me? It's kfrancis and then Sp4rrow!2019", "secret.password"),
        ("you can sign in with ivo.voss and B0athouse#7", "secret.password"),
        ("credentials for the portal: ivoss / B0athouse#7", "secret.password"),
        ("The username is ivoss, then B0athouse#7", "secret.password"),
        ("log on as ivoss with Qu4rry_Lane", "secret.password"),
        ("Door code at the back is 4417#", "secret.code"),
        ("turn off the alarm, code 90263.", "secret.code"),
        ("the PIN of the company card is 4417", "secret.code"),
        ("The PIN for the fuel card is 8812", "secret.code"),
        ("gate code for the yard is 5521", "secret.code"),
        ("The code for the front door is 4417", "secret.code"),
        ("code to the bike shed: 7719", "secret.code"),
        ("the key safe (code 3390) is by the meter", "secret.code"),
        ("open the padlock with the combination 4471", "secret.code"),
        ("the back gate has the code 6120", "secret.code"),
        ("Set our alarm with code 2291 when you leave", "secret.code"),
        ("Der Code für die Tür ist 4821", "secret.code"),
        (
            "can you log in as me and approve the invoices? It's kfrancis and then\nSp4rrow!2019, same as the old one",
            "secret.password",
        ),
        ("the Wi-Fi is called\nLoftHub-Members with the key brick7lantern7cloud.", "secret.wifi"),
    ],
)
def test_secrets_as_people_write_them(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "code 404",
        "the zip code is 90210",
        "promo code is SAVE20",
        "the dress code is smart casual",
        "error code 50071 at the door",
        "the country code for the office is +44",
        "the area code is 0151",
        "our post code is 90210",
        "Steel gate, code 90263",
        "door-to-door in zip code 90210",
        "The building code of 2015 applies to the office",
        "Quote the order code 44172 at the gate",
        "code for the house style is in chapter 2019",
        "the pin of the grenade",
        "The bar code on the door is 5012345",
        "sort code 20-44-17",
        "use Office365 to open it, the zip is attached",
        "open the zip with WinZip11",
        "you can open the archive with 7-Zip",
        "use Adobe Reader to open the protected PDF",
        "unzip using gunzip2",
        "log in with Firefox and Chrome120",
        "log in at the portal and then Windows10",
        "Your login is your e-mail address and your password",
        "log in with your name / employee number",
        "the Wi-Fi password changes weekly",
        "Wi-Fi key available at reception",
        "our wireless supports 802.11n",
        "wireless key features: 1080p streaming",
        "Wi-Fi: 802.11a/b/g/n",
        "the wifi password is on the board",
        "The wireless code division multiple access",
        "WiFi password required for guests",
        "use two keys to open the safe",
        "enter the building to read the meter",
        "the door was open with snow blowing in",
        "with Excel_2016 when opening",
        "the PIN of your card is never asked",
        "log in to www.harbour.example/login with Moorhaven and go",
        "The dialling code for our house is 01654",
        "the post code of the flat is 90210",
        "The colour code of the door is 7016",
        "You can sign in at Terminal2B and then Gate#4",
        "user name or e-mail and password",
        "Log on to SAP/R3 with ABC-200",
        "log in as admin and then /etc/nginx/sites.d",
    ],
)
def test_what_people_write_like_secrets(text: str) -> None:
    assert not ids(text)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("account tom.hale, password Ferry!Lantern62", "secret.password"),
        ("Login: account tom.hale / password Ferry!Lantern62", "secret.password"),
        ("username tom.hale password Ferry!Lantern62", "secret.password"),
        ("User name\ntom.hale\n\nPassword\n\nFerry!Lantern62", "secret.password"),
        ("Mein Generalpasswort ist Hafen#2027", "secret.password"),
        ("Pre-Shared Key (PSK): Tide-9harbour", "secret.password"),
        (f"My recovery phrase is {WALLET}", "secret.key"),
        ("user ivoss and password Ferry!Lantern62", "secret.password"),
        ("Das Startpasswort lautet Leucht9turm", "secret.password"),
        ("Ihr Initialkennwort: Hafen#2027", "secret.password"),
        ("Einmalpasswort: Hafen#2027", "secret.password"),
        ("Das Masterpasswort ist Hafen#2027", "secret.password"),
        ("mit dem Zugangspasswort Hafen#2027", "secret.password"),
        ("User\nivoss\nPassword\nKx9#pQ2m", "secret.password"),
        ("Login:\r\n  ivoss\r\nPasswort:\r\n  Hafen#2027\r\nGruß", "secret.password"),
        ("The pre-shared key is Tide-9harbour", "secret.password"),
        ("Pre-shared key for the VPN: Tide9harbour", "secret.password"),
        ("PSK: Tide9harbour", "secret.password"),
        ("419672-113894-550231-008712-694331-127006-336215-580437", "secret.key"),
        ("Key: 419672-113894-550231-008712-\n694331-127006-336215-580437", "secret.key"),
        (
            f"seed phrase: {WALLET}",
            "secret.key",
        ),
        (
            ("Recovery phrase:\n" + "\n".join(f"{n}. {word}" for n, word in enumerate(WALLET.split(), 1))),
            "secret.key",
        ),
        ("https://portal.harbour.example/reset/9f86d081884c7d659a2feaa0c55ad015", "secret.reset-link"),
        ("https://portal.harbour.example/reset?token=9f86d081884c7d659a2feaa0c55ad015", "secret.reset-link"),
        ("https://portal.harbour.example/login/magic/9f86d081884c7d659a2feaa0", "secret.reset-link"),
        ("https://harbour.example/accounts/reset/MQ/c1a2b3-9f86d081884c7d659a2feaa0c55ad015/", "secret.reset-link"),
        ("https://harbour.example/magic-link/9f86d081-884c-4d65-9a2f-eaa0c55ad015", "secret.reset-link"),
        # Safes, keys in groups of figures, pairs without labels, what network devices are told.
        ("The combination for the safe in room 12 is 34 right, 12 left, 55 right.", "secret.code"),
        ("combination to the weapons locker is 34-12-55", "secret.code"),
        ("Gate code is *4821#", "secret.code"),
        ("alarm disarm code 7391", "secret.code"),
        ("Codice di accesso: 4821", "secret.code"),
        ("Save these backup codes:\n1. 8372 9182\n2. 2837 4729", "secret.code"),
        ("WLAN-Schlüssel: 8374 2938 4728 1827", "secret.wifi"),
        ("my password is still Rosebud1", "secret.password"),
        ("the guard password Kx9!jdkf", "secret.password"),
        ("Login details\njsmith\nXk92!jdkf", "secret.password"),
        ("Here are the credentials for the portal:\n\nsvc_backup\nXk92!jdkf\n\nBest", "secret.password"),
        ("creds: svc_backup / Xk92!jdkf", "secret.password"),
        ("net use \\\\srv\\share Kestrel41! /user:MOD\\jsmith", "secret.password"),
        ("snmp-server community pr1vateStr1ng RW", "secret.password"),
        ("radius shared secret: Kx8!mPq2vLz9", "secret.password"),
        ("jdbc:oracle:thin:scott/tiger99x@db1:1521/hr", "secret.connection"),
    ],
)
def test_what_opens_an_account_or_a_disk(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "account manager, password policy",
        "login page, password Reset2024",
        "Das Passwort ist abgelaufen",
        "Passwort: abgelaufen",
        "Passwörter müssen mindestens zwölf Zeichen lang sein",
        "Das Startpasswort wird Ihnen separat mitgeteilt",
        "User\nivoss\nPassword\nForgot\n",
        "User\nName\nPassword\nKx9 is not long enough",
        "The pre-shared key is exchanged by telephone",
        "PSK: see below",
        "Seed: carrot, tomato, pepper, onion, radish, lettuce, spinach, celery, fennel, parsley, basil, chives, thyme",
        "The seed phrase is something people forget which makes them lose everything inside wallets forever",
        "part 419672-113894-550231",
        "Seed phrase: never share your secret phrase with anyone because these words unlock every wallet",
        "Recovery phrase: twelve words that open the wallet",
        "https://portal.harbour.example/reset/factory-settings-guide-for-routers",
        "https://portal.harbour.example/magic/the-show-2027-12-01",
        "https://portal.harbour.example/reset?lang=en",
        "password SHA-256 hashing",
        "The password is base64-encoded",
        "password Office365",
        "Passwords must contain !@#$%",
        "change password user@host2",
        "password field user_name2X",
        "Password Manager+v2.1",
        "the password is still valid until 12.05.2026",
        "combination of 10-20-30 fertiliser",
        "The combination 1, 2, 3 of the case study",
        "a combination of 5, 10 and 15 mg by the door",
        "Login\nMonday\n12:30pm",
        "Credentials\nPhD\nMSc2024",
        "Log-in\nStaff\nStudents",
        "a shared secret: trust",
        "wifi key features: 2.4GHz",
    ],
)
def test_what_opens_nothing(text: str) -> None:
    assert not ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Anna, the portal is up. password admin123 for now.",
        "The login is tom, password hunter2",
        "login: tom / Welcome1",
        "you can log in with admin / admin",
        "Username tom\nPassword Welcome1",
        "use password sunshine to get in.",
        "The default password (admin123) still works.",
        'The password is just "penguin".',
        "password's rosebud99",
        "same pw as always, kitty99",
        "her password was tigger, try that",
        "Login: meier / Start123",
        "Kennwort admin123",
        "Anmeldung mit meier und Sonne2024",
        "Le mdp c'est azerty123",
        "identifiant dupont / Bonjour1",
        "contrase\xf1a verano24",
        "usuario: lopez / Hola1234",
    ],
)
def test_weak_passwords(text: str) -> None:
    assert ids(text) == {"secret.password"}


@pytest.mark.parametrize(
    "text",
    [
        "password hashing with sha256",
        "password policy2 applies",
        "password NIST800",
        "password step2",
        "Windows password Server2019 domain policy",
        "password Covid19 campaign",
        "password change2024",
        "Your password expires in June2025 unless changed",
        "Password is summer themed this year",
        "password was just reset",
        "the password's strength",
        "Passwort ist nur intern bekannt",
        "le mot de passe est toujours valable",
        "contrase\xf1a de Windows10",
        "Sign in with Teams and Zoom5 before the call",
        "Login problems: printer / Floor3",
        "Anmeldung ist offen und Halle3 auch",
        "Anmeldung mit Name und Klasse7",
        "usuario: Lopez / Sala12",
        "log in with SAML2 / OAuth2",
        "Log in with Google / Facebook",
    ],
)
def test_words_and_numbers_that_open_nothing(text: str) -> None:
    assert not ids(text)
