"""Places: positions in text and files, hits and near misses. Every file is made here."""

from __future__ import annotations

import struct

import pytest

from straymail.content import examine_file, examine_text


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body") if finding.id.startswith("place.")}


@pytest.mark.parametrize(
    "text",
    [
        "12.65432, -8.01234",
        "position 12.6543, -8.0123",
        "lat: 12.6543 lon: -8.0123",
        "12° 39.259' N, 8° 0.740' W",
        "12°39'15.5\"N 8°00'44.4\"W",
        "12.6543 N, 8.0123 W",
        "30P YT 12345 67890",
        "grid 30PYT1234567890",
        "UTM zone 30P 612345 1398765",
        "geo:12.65432,-8.01234",
        "22CCMX2X+2X",
        "///filled.count.soap",
        "at ///filled.count.soap",
        "Latitude: 12.6543\nLongitude: -8.0123",
        '{"lat": 12.6543, "lng": -8.0123}',
        '"latitude":12.6543,"longitude":-8.0123',
        "N12°39.259 W008°00.740",
        "N12°39.259' W008°00.740'",
        "N12.6543 W8.0123",
        "grid SU 387 148",
        "OS grid ref SU387148",
        "GR: TQ 300 804",
        "RV at grid SU 3871 1484",
        "Grid reference is NY21500723",
        "Meet at SU 38712 14833 (OS grid)",
        "The LZ is at OSGR NT 257 734.",
        "NGR: SO 8505 5490",
        "Name  Grid ref\nGate  SU 387 148\nWeir  SU 391 152\nBarn  SU 402 160\n",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
        "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A",
        "$GPGLL,4916.45,N,12311.12,W,225444,A*31",
        "32U 461344 5481745",
        "32U 461344mE 5481745mN",
        "18 T 585628 4511322",
        "UTM 30N E 612345 N 1398765",
        "Easting 461344 Northing 5481745",
        "Easting: 438712.5, Northing: 114833.2",
        "site,latitude,longitude\r\nGate,12.6543,-8.0123\r\nWeir,12.6544,-8.0124\r\n",
        "Name\tGPS Lat (deg)\tGPS Lon (deg)\nGate\t12.6543\t-8.0123",
        'name;"Lat";"Lng"\n"a;b";"12,6543";"-8,0123"',
        # In figures, with spaces, beside a word, in well-known text, abbreviated.
        "513026N 0000739W",
        "the wreck lies at 5130N00007W",
        "51-30-26N 000-07-39W",
        "51 30.441N 000 07.660W",
        "waypoint 48 51 24 N 002 21 07 E",
        "12,6543° N, 8,0123° O",
        "lat/lon: 12.6543/-8.0123",
        "position 12.654, -8.012",
        "MGRS: 30PYT1234",
        "30P 0612345 1398765",
        "POINT(-8.0123 12.6543)",
        "POLYGON((8.01 12.65, 8.02 12.66, 8.03 12.61, 8.01 12.65))",
        "what3words: filled.count.soap",
        "meet at filled.count.soap (what3words)",
        "CX2X+2X Harbour",
    ],
)
def test_positions(text: str) -> None:
    assert ids(text) == {"place.coordinates"}


@pytest.mark.parametrize(
    "link",
    [
        "https://maps.app.goo.gl/8kJd93jFk20sLq84m",
        "https://goo.gl/maps/8kJd93jFk20s",
        "https://www.google.com/maps/place/12%C2%B039'26.6%22N+8%C2%B000'39.9%22W/",
    ],
)
def test_further_map_links(link: str) -> None:
    assert ids(f"here: {link}") == {"place.link"}


def test_a_map_link() -> None:
    assert ids("https://www.google.com/maps/@12.65432,-8.01234,15z") == {"place.link"}


@pytest.mark.parametrize(
    "text",
    [
        "bid 2.1234 ask 3.4567",
        "curves 2.1234, 3.4567 and 4.5678",
        "99.12345, 200.12345",
        "version 10.0.12345",
        "61ZAB1234512345",
        "12ABC123456",
        "https://maps.google.com/",
        "it was 30° in the shade",
        "file:///home.user.docs",
        "///www.example.com",
        "///harbour.example.org",
        "sections N1.2 and E2.3",
        "N95.1234 E12.1234",
        "SU 387 148",
        "part number SU387148",
        "grid of 387 148 cells",
        "grid QX 387 148",
        "GR 300 804 gasket",
        "the power grid NW 345 678 MW",
        "NN 166 712 users of the grid",
        "OS ref SU 387 14",
        "OS ref SU38714",
        "HP 345 678 printer, grid on page 2",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48",
        "$GPGGA is a sentence of NMEA",
        "$GPRMC,123519,V,,,,,,,230394,,*33",
        "32U 461344 1481745",
        "32U rack, 461344 units of 5481745",
        "61U 461344 5481745",
        "Easting 461 Northing 548",
        "site,latitude,longitude\nGate,north,west\nWeir,,\n",
        "lat,long\n1,2\n3,4\n",
        "latitude,longitude\n99.1234,12.1234\n",
        "name,plat,long\na,12.6543,8.0123\n",
        "latitude, longitude and height\n12.6543 is a price",
        "utm_source=30 612345 utm_campaign=1398765",
        "",
        "ratio 0.51234, 0.41234",
        "coefficients 0.1234, 0.5678 with gps",
        "position 2.500, 3.500 points",
        "POINT(12 30)",
        "POLYGON((100 200, 300 400))",
        "Win32+XP Pro",
        "2345+67 Main Street",
        "see what3words www.harbour.example",
        "score 12 30 N 14 20 E",
        "part 30PYT1234",
        "9930N 00007W",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_the_excerpt_is_no_position() -> None:
    (finding,) = examine_text("12.65432, -8.01234", "body")
    assert finding.excerpt == "1 position near 12.7, -8.0"


def photo(*, gps: bool, order: str = "<") -> bytes:
    """A JPEG head with an EXIF block; with ``gps``, 12.5 north, 8 west."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tiff = mark + struct.pack(f"{order}I", 8)
    if gps:
        tiff += struct.pack(f"{order}HHHIII", 1, 0x8825, 4, 1, 26, 0)
        entries = [
            (1, 2, 2, b"N\0\0\0"),
            (2, 5, 3, struct.pack(f"{order}I", 80)),
            (3, 2, 2, b"W\0\0\0"),
            (4, 5, 3, struct.pack(f"{order}I", 104)),
        ]
        tiff += struct.pack(f"{order}H", len(entries))
        for tag, kind, count, value in entries:
            tiff += struct.pack(f"{order}HHI", tag, kind, count) + value
        tiff += struct.pack(f"{order}I", 0)
        assert len(tiff) == 80
        tiff += struct.pack(f"{order}6I", 12, 1, 30, 1, 0, 1) + struct.pack(f"{order}6I", 8, 1, 0, 1, 0, 1)
    else:
        tiff += struct.pack(f"{order}HHHIII", 1, 0x0112, 3, 1, 1, 0)
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + b"\xff\xd9"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_with_a_position(order: str) -> None:
    (finding,) = examine_file("jpeg", "base.jpg", photo(gps=True, order=order), "base.jpg")
    assert (finding.id, finding.excerpt) == ("place.photo", "near 12.5, -8.0")


KML = b"<kml><Placemark><Point><coordinates>-8.0,12.6,0</coordinates></Point></Placemark></kml>"
GPX = b'<gpx><trk><trkseg><trkpt lat="12.6" lon="-8.0"/></trkseg></trk></gpx>'


@pytest.mark.parametrize(
    ("kind", "name", "data", "identifier"),
    [
        ("kml", "route.kml", KML, "place.map"),
        ("json", "a.json", '{"type": "Point", "coordinates": [-8.0, 12.6]}'.encode("utf-16"), "place.map"),
        ("gpx", "route.gpx", GPX, "place.track"),
        ("json", "a.json", b'{"type": "Point", "coordinates": [-8.0, 12.6]}', "place.map"),
        ("nitf", "a.ntf", b"NITF02.10", "place.image"),
        ("shapefile", "a.shp", b"\0\0\x27\x0a" + b"\0" * 32 + struct.pack("<4d", -8, 12, -7, 13), "place.map"),
        ("dwg", "hall.dwg", b"AC1027", "place.drawing"),
        ("pdf", "Floor plan barracks.pdf", b"%PDF-1.7", "place.drawing"),
        ("dicom", "scan.dcm", b"\0" * 128 + b"DICM\x10\x00\x10\x00PN", "health.dicom"),
        ("tiff", "g.tif", b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 34735, 3, 4, 26), "place.image"),
    ],
)
def test_files(kind: str, name: str, data: bytes, identifier: str) -> None:
    assert identifier in {finding.id for finding in examine_file(kind, name, data, name)}


@pytest.mark.parametrize(
    ("kind", "name", "data"),
    [
        ("jpeg", "a.jpg", photo(gps=False)),
        ("jpeg", "a.jpg", photo(gps=True)[:60]),
        ("jpeg", "a.jpg", b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0\xff\xff\xff\xff"),
        ("json", "a.json", b'{"type": "Feature", "name": "x"}'),
        ("json", "a.json", b"[1, 2"),
        ("json", "a.json", "[1, 2".encode("utf-16-be")),
        (
            "jpeg",
            "a.jpg",
            photo(gps=True)
            .replace(struct.pack("<6I", 12, 1, 30, 1, 0, 1), struct.pack("<6I", *[0, 1] * 3))
            .replace(struct.pack("<6I", 8, 1, 0, 1, 0, 1), struct.pack("<6I", *[0, 1] * 3)),
        ),
        ("pdf", "planning.pdf", b"%PDF-1.7"),
        ("png", "a.png", b""),
        ("tiff", "a.tif", b"MM\0*" + b"\xff" * 40),
    ],
)
def test_files_without_a_position(kind: str, name: str, data: bytes) -> None:
    assert examine_file(kind, name, data, name) == ()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("we are at 51.1789 N, 1.8262 W now", "51.2, -1.8"),
        ("33.1789 S, 70.8262 E", "-33.2, 70.8"),
        ("S 33.4567, W 70.1234", "-33.5, -70.1"),
        ("N 47.3706, E 8.5392", "47.4, 8.5"),
        ("geo:-33.1789,-70.8262", "-33.2, -70.8"),
    ],
)
def test_the_excerpt_keeps_the_hemisphere(text: str, near: str) -> None:
    [finding] = examine_text(text, "body")
    assert finding.excerpt == f"1 position near {near}"


@pytest.mark.parametrize(
    "text",
    [
        "the store with the powder is at SK 2374 6915, down the track",
        "the hut is located at NY 2152 0721",
        "we meet at NN 166 712 at nine",
        "the hide is situated near SU 4710 0330",
        "the car was left at SH 609 543",
        "Parked at TQ 3012 8045, keys under the wheel arch",
        "The cache is buried near NZ 2841 5512",
        "Turn off at SJ 881 412",
        "The casualty is at SD23451 98710",
        "the lambs were found at\nNS 5512 4410",
    ],
)
def test_a_reference_in_two_groups_counts_where_something_is_at_it(text: str) -> None:
    assert [finding.id for finding in examine_text(text, "body")] == ["place.coordinates"]


@pytest.mark.parametrize(
    "text",
    [
        "Part TQ 3012 8845 at the warehouse",
        "Part no. is SU 4471 0933",
        "The seal kit SU 4471 0933 is at the depot",
        "the bolt is at TQ30128845 in the book",
        "Item 4 was replaced by NS 123 456",
        "your order is SK 2374 6915",
        "The meeting is at HQ 1234 5678",
        "Batch ST 2015 0933 passed",
        "Invoice is now SO 2011 4402",
        "The gauge is at NS 12 34",
    ],
)
def test_part_numbers_are_no_places(text: str) -> None:
    assert not examine_text(text, "body")


def test_maps_in_utf_16_tell_their_positions() -> None:
    for wide in (KML.decode().encode("utf-16"), KML.decode().encode("utf-16-le")):
        assert [each.excerpt for each in examine_file("kml", "a.kml", wide, "a.kml")] == ["1 positions"]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("GEOREF: HJBL 5037", "place.coordinates"),
        ("Landeskoordinaten 2'683'123 / 1'247'456", "place.coordinates"),
        ("LV95: 2683123, 1247456", "place.coordinates"),
        ("LV03 683123/247456", "place.coordinates"),
        ("Koordinaten: 683 123 / 247 456", "place.coordinates"),
        ("CH1903+ / LV95: E 2\u2019683\u2019123.5, N 1\u2019247\u2019456.2", "place.coordinates"),
        ("2'683'123, 1'247'456 (LV95)", "place.coordinates"),
        ("https://map.geo.admin.ch/?lang=de&E=2683123&N=1247456&zoom=8", "place.link"),
    ],
)
def test_georef_and_the_swiss_grid(text: str, identifier: str) -> None:
    assert [finding.id for finding in examine_text(text, "body")] == [identifier]


@pytest.mark.parametrize(
    "text",
    [
        "georef tags are in the file",
        "GEOREF HJBL 5067",
        "Koordinaten 2024 und 2025 folgen",
        "coordinates the 683123 orders and 947456 returns",
        "Budget 2'683'123 / 1'247'456",
        "LV95 2683123, 2247456",
    ],
)
def test_figures_that_lie_on_no_grid(text: str) -> None:
    assert not examine_text(text, "body")


def test_a_row_of_a_table_is_one_position() -> None:
    (finding,) = examine_text("lat,lon\n47.12345,8.54321\n46.12345,7.54321", "body")
    assert finding.excerpt == "2 positions near 47.1, 8.5"
