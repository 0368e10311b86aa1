"""Travel: hits and near misses. Every journey is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine, examine_file, examine_text
from straymail.content.travel import find_ticket
from straymail.evidence import Sensitivity
from straymail.message import parse_message


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("travel.")}


FLIGHT = (
    "Booking reference: Q7XV2M\nPassenger: VOSS/CLARA MS\nFlight LX 963 BER-ZRH\n"
    "Departure 10.09.2027 06:45\nArrival 10.09.2027 08:15\ne-ticket, economy class\n"
)
BCBP = "M1VOSS/CLARA          EQ7XV2M BERZRHLX 0963 253Y012A0025 100"


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (FLIGHT, "travel.flight"),
        (BCBP, "travel.boarding-pass"),
        ('{"@type": "LodgingReservation", "reservationNumber": "Q7XV2M"}', "travel.hotel"),
        ('<div itemtype="http://schema.org/TrainReservation">', "travel.rail"),
        (
            "BEGIN:VEVENT\nSUMMARY:Visit\nDTSTART:20270910T080000Z\nLOCATION:Harbour Light\nEND:VEVENT\n",
            "travel.calendar",
        ),
        (
            "BEGIN:VEVENT\nSUMMARY:Clara\nDTSTART:20270910\nDTEND:20270914\nLOCATION:Moorhaven\nEND:VEVENT\n",
            "travel.calendar",
        ),
        ("BEGIN:VEVENT\nSUMMARY:Tea\nGEO:52.52;13.38\nEND:VEVENT\n", "travel.calendar"),
        (
            "BEGIN:VEVENT\nSUMMARY:Train to Moorhaven\nDTSTART:20270910T080000Z\nLOCATION:Quay\nEND:VEVENT\n",
            "travel.calendar",
        ),
        (
            (
                "Ihre Buchung ist bestätigt. Buchungsnummer: Q7XV2M\nHinfahrt 10.09.2027 ab 06:45 ICE 593 Wagen 7\n"
                "Ankunft 10.09.2027 11:02, Sitzplatz 41, 2. Klasse\n"
            ),
            "travel.rail",
        ),
        (
            (
                "Your booking is confirmed. Confirmation number: HL48213\nGuest: Clara Voss\n"
                "Check-in: 10 Sep 2027, arrival 3 pm\nCheck-out: 12 Sep 2027, 2 nights, double room\n"
            ),
            "travel.hotel",
        ),
        (
            (
                "Conferma di prenotazione\nCodice prenotazione: Q7XV2M\nPasseggero: Clara Voss\n"
                "Partenza 10/09/2027 06:45\nArrivo 10/09/2027 09:10\nTreno 9631, carrozza 4, posto 12A\n"
            ),
            "travel.rail",
        ),
        ("订单号 E482139 旅客 张三\n车次 G102 出发 2027-09-10 06:45 到达 11:02 座位 04A", "travel.rail"),
        (f"{'7' * 31}20270910064500000202709100910{'00' * 30}", "travel.rail"),
        (
            "RP/LON1A0980/\n  1.VOSS/CLARA MRS\n  2  BA 117 J 14MAY 4 LHRJFK HK1  0825 1120  14MAY  E  BA/X7K2PQ",
            "travel.flight",
        ),
    ],
)
def test_travel(text: str, identifier: str) -> None:
    assert identifier in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "The flight of capital continued; arrivals of gas fell.",
        "Let us meet at the hotel bar at 7.",
        "Fares from $79, book your eTicket today! Sale fares, blackout dates apply.",
        "The train of thought departed.",
        "I leave at 5:30 and arrive home at 6:15; shall we meet at the hotel?",
        f"{'7' * 31}20270910064500000202712100910{'00' * 30}",
        "314159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808",
        "BEGIN:VEVENT\nSUMMARY:Tea\nEND:VEVENT\n",
        "BEGIN:VEVENT\nSUMMARY:Budget\nDTSTART:20270910T080000Z\nDTEND:20270910T090000Z\nLOCATION:Room 3\nEND:VEVENT\n",
        "BEGIN:VEVENT\nSUMMARY:Team meeting\nDTSTART:20270910T080000Z\nLOCATION:Teams\nEND:VEVENT\n",
        "Flight simulator 2000 is on sale",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_the_itinerary_of_a_booking_in_an_html_mail_stands_in_microdata() -> None:
    html = (
        '<div itemscope itemtype="http://schema.org/FlightReservation"><div itemprop="underName" itemscope '
        'itemtype="http://schema.org/Person"><meta itemprop="name" content="James Holt"></div><div '
        'itemprop="reservationFor" itemscope itemtype="http://schema.org/Flight"><div itemprop="departureAirport" '
        'itemscope itemtype="http://schema.org/Airport"><meta itemprop="iataCode" content="CDG"></div><meta '
        'itemprop="departureTime" content="2026-12-03T10:40:00+01:00"><div itemprop="arrivalAirport" itemscope '
        'itemtype="http://schema.org/Airport"><span itemprop="iataCode">DKR</span></div></div></div>'
    )
    raw = b"From: a@mod.example\r\nTo: b@army.mil\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
    (finding,) = [each for each in examine(parse_message(raw + html.encode())) if each.id == "travel.flight"]
    assert finding.excerpt == "J. H., CDG to DKR, 2026-12-03 10:40"


def test_movements_of_senior_people_weigh_more() -> None:
    (plain,) = [each for each in examine_text(FLIGHT, "body") if each.id == "travel.flight"]
    (senior,) = [each for each in examine_text(f"For General Holt:\n{FLIGHT}", "body") if each.id == "travel.flight"]
    assert (plain.sensitivity, senior.sensitivity) == (Sensitivity.ELEVATED, Sensitivity.HIGH)
    assert "VOSS" not in senior.excerpt


def test_a_booking_for_programs_in_an_html_mail() -> None:
    raw = (
        b"From: a@mod.example\r\nTo: b@army.mil\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
        b'<html><script type="application/ld+json">{"@context": "http://schema.org", "@type": "FlightReservation"}'
        b"</script><body>See you.</body></html>"
    )
    assert "travel.flight" in {finding.id for finding in examine(parse_message(raw))}


def test_the_bar_code_of_a_rail_ticket() -> None:
    (finding,) = examine_file("ticket", "code.bin", b"#UT01" + b"0" * 60, "code.bin")
    assert finding.id == "travel.rail"


def small_code(version: int, carrier: int, ticket: int, size: int = 114) -> bytes:
    """A made-up UIC small structured code: its first four bytes as bit fields, the rest zero."""
    head = (version << 23 | carrier << 9 | 5 << 5 | ticket) << 5
    return head.to_bytes(4) + bytes(size - 4)


def test_a_ticket_code_without_a_mark_of_its_own_is_told_by_its_fields() -> None:
    assert [each.id for each in find_ticket(small_code(3, 1080, 2), "code.bin")] == ["travel.rail"]


@pytest.mark.parametrize(
    "data", [small_code(2, 1080, 2), small_code(3, 7, 2), small_code(3, 1080, 9), small_code(3, 1080, 2, 113), b""]
)
def test_other_bytes_are_no_ticket_code(data: bytes) -> None:
    assert not list(find_ticket(data, "code.bin"))
