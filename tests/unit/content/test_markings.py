"""Protective markings: hits and near misses."""

from __future__ import annotations

import pytest

from straymail.content import examine, examine_property, examine_text
from straymail.evidence import Sensitivity
from straymail.message import parse_message


@pytest.mark.parametrize(
    ("text", "identifier", "sensitivity"),
    [
        ("TOP SECRET//SI//NOFORN\n\nThe plan", "marking.us", Sensitivity.SEVERE),
        ("SECRET//REL TO USA, GBR", "marking.us", Sensitivity.SEVERE),
        ("CONFIDENTIAL//NOFORN", "marking.us", Sensitivity.HIGH),
        ("UNCLASSIFIED//FOUO", "marking.us", Sensitivity.HIGH),
        ("1. (S//NF) The convoy leaves at dawn.", "marking.us", Sensitivity.SEVERE),
        ("CUI//SP-PRVCY//FED ONLY", "marking.cui", Sensitivity.HIGH),
        ("CUI", "marking.cui", Sensitivity.HIGH),
        ("FOR OFFICIAL USE ONLY", "marking.fouo", Sensitivity.HIGH),
        ("OFFICIAL-SENSITIVE", "marking.uk", Sensitivity.HIGH),
        ("OFFICIAL SENSITIVE - PERSONAL DATA", "marking.uk", Sensitivity.HIGH),
        ("UK SECRET - UK EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("Classification: OFFICIAL-SENSITIVE - RECIPIENTS ONLY", "marking.uk", Sensitivity.HIGH),
        ("Roster [OFFICIAL-SENSITIVE] for May", "marking.uk", Sensitivity.HIGH),
        ("OFFICIAL", "marking.uk", Sensitivity.LOW),
        ("Minutes [SEC=PROTECTED, CAVEAT=RI:AUSTEO]", "marking.au", Sensitivity.HIGH),
        ("Minutes [SEC=OFFICIAL:Sensitive, ACCESS=Personal-Privacy]", "marking.au", Sensitivity.HIGH),
        ("NATO RESTRICTED", "marking.nato", Sensitivity.HIGH),
        ("COSMIC TOP SECRET//BOHEMIA", "marking.nato", Sensitivity.SEVERE),
        ("RESTREINT UE/EU RESTRICTED", "marking.eu", Sensitivity.HIGH),
        ("TLP:AMBER+STRICT", "marking.tlp", Sensitivity.HIGH),
        ("report, TLP:RED, do not forward", "marking.tlp", Sensitivity.HIGH),
        ("//JOINT SECRET CAN USA", "marking.us", Sensitivity.SEVERE),
        ("a) (S) The convoy leaves at dawn.", "marking.us", Sensitivity.SEVERE),
        ("CUI Category: PRVCY", "marking.cui", Sensitivity.HIGH),
        ("CUI//Attorney-WP", "marking.cui", Sensitivity.HIGH),
        ("RESTRICTED - COMMERCIAL", "marking.uk", Sensitivity.HIGH),
        ("see the OFFICIAL-SENSITIVE annex", "marking.uk", Sensitivity.HIGH),
        ("SECRET//AUSTEO//CABINET", "marking.au", Sensitivity.SEVERE),
        ("Minutes [SEC=PROTECTED, CAVEAT=SH:EXCLUSIVE-FOR J Citizen, NOTE=a\\, b]", "marking.au", Sensitivity.HIGH),
        ("Minutes [IN-CONFIDENCE]", "marking.nz", Sensitivity.ELEVATED),
        ("SENSITIVE - NZEO", "marking.nz", Sensitivity.HIGH),
        ("COSMIC TOP SECRET ATOMAL", "marking.nato", Sensitivity.SEVERE),
        ("LIMITE", "marking.eu", Sensitivity.ELEVATED),
        # With spaces, dashes, page numbers, and in older or looser ways.
        ("SECRET//NOFORN    Page 1 of 3", "marking.us", Sensitivity.SEVERE),
        ("SECRET//NOFORN\tPage 1", "marking.us", Sensitivity.SEVERE),
        ("SECRET // NOFORN", "marking.us", Sensitivity.SEVERE),
        ("UNCLASSIFIED//CUI", "marking.us", Sensitivity.HIGH),
        ("//GBR SECRET", "marking.us", Sensitivity.SEVERE),
        ("//JOINT CONFIDENTIAL CAN USA", "marking.us", Sensitivity.HIGH),
        ("CUI // SP-PRVCY", "marking.cui", Sensitivity.HIGH),
        ("CUI Category(ies): PRVCY", "marking.cui", Sensitivity.HIGH),
        ("This is For Official Use Only.", "marking.fouo", Sensitivity.HIGH),
        ("OFFICIAL: Sensitive // Legal Privilege", "marking.au", Sensitivity.HIGH),
        ("TOP SECRET//RI:AUSTEO", "marking.au", Sensitivity.SEVERE),
        ("[SEC=UNCLASSIFIED, DLM=For-Official-Use-Only]", "marking.au", Sensitivity.HIGH),
        ("[SEC=UNCLASSIFIED]", "marking.au", Sensitivity.LOW),
        ("SECRET UK EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("UK SECRET - LOBSTER - UK EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("TOP SECRET STRAP2 UK EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("SECRET - FIVE EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("OFFICIAL - SENSITIVE", "marking.uk", Sensitivity.HIGH),
        ("OFFICIAL\u2013SENSITIVE", "marking.uk", Sensitivity.HIGH),
        ("Official Sensitive", "marking.uk", Sensitivity.HIGH),
        ("NATO SECRET - ATOMAL", "marking.nato", Sensitivity.SEVERE),
        ("NATO RESTRICTED - RELEASABLE TO EU", "marking.nato", Sensitivity.HIGH),
        ("IN-CONFIDENCE: STAFF", "marking.nz", Sensitivity.ELEVATED),
        ("tlp:amber", "marking.tlp", Sensitivity.ELEVATED),
        # As other offices write them, with letters apart, in other case, with what follows on the line.
        ("S E C R E T // N O F O R N", "marking.us", Sensitivity.SEVERE),
        ("S E C R E T SECTION 01 OF 02 HARBOUR", "marking.us", Sensitivity.SEVERE),
        ("C O N F I D E N T I A L", "marking.us", Sensitivity.HIGH),
        ("Derived From: SCG 12-3\nDeclassify On: 20491231", "marking.us", Sensitivity.SEVERE),
        ("Classified By: R. Holt, Director\nReason: 1.4(c)\nDeclassify On: 20491231", "marking.us", Sensitivity.SEVERE),
        ("SBU", "marking.fouo", Sensitivity.HIGH),
        ("SBU - NOFORN", "marking.fouo", Sensitivity.HIGH),
        ("(SBU) The gate opens at six.", "marking.fouo", Sensitivity.HIGH),
        ("Law Enforcement Sensitive", "marking.fouo", Sensitivity.HIGH),
        ("LIMITED OFFICIAL USE", "marking.fouo", Sensitivity.HIGH),
        ("CUI/SP-PRVCY", "marking.cui", Sensitivity.HIGH),
        ("OFFICIAL: SENSITIVE", "marking.uk", Sensitivity.HIGH),
        ("OFFICIAL:SENSITIVE", "marking.uk", Sensitivity.HIGH),
        ("Classification: Official - Sensitive", "marking.uk", Sensitivity.HIGH),
        ("Official-Sensitive - Personal", "marking.uk", Sensitivity.HIGH),
        ("UK TOP SECRET STRAP 1", "marking.uk", Sensitivity.SEVERE),
        ("OFFICIAL: Sensitive - Personal Privacy", "marking.au", Sensitivity.HIGH),
        ("OFFICIAL: Sensitive \u2013 NSW Government", "marking.au", Sensitivity.HIGH),
        ("PROTECTED CABINET", "marking.au", Sensitivity.HIGH),
        ("SECRET AUSTEO", "marking.au", Sensitivity.SEVERE),
        ("Sensitive: Legal", "marking.au", Sensitivity.HIGH),
        ("SENSITIVE: NSW CABINET", "marking.au", Sensitivity.HIGH),
        ("NATO DIFFUSION RESTREINTE", "marking.nato", Sensitivity.HIGH),
        ("NATO RESTREINT / NATO RESTRICTED", "marking.nato", Sensitivity.HIGH),
        ("OTAN CONFIDENTIEL", "marking.nato", Sensitivity.SEVERE),
        ("NATO/PfP RESTRICTED", "marking.nato", Sensitivity.HIGH),
        ("R-UE/EU-R", "marking.eu", Sensitivity.HIGH),
        ("S-UE/EU-S", "marking.eu", Sensitivity.SEVERE),
        ("TLP:AMBER + STRICT", "marking.tlp", Sensitivity.HIGH),
        ("TLP: Amber", "marking.tlp", Sensitivity.ELEVATED),
        ("Traffic Light Protocol (TLP): RED", "marking.tlp", Sensitivity.HIGH),
        # Germany, France, Canada, the Netherlands.
        ("VS \u2013 NUR FÜR DEN DIENSTGEBRAUCH", "marking.de", Sensitivity.HIGH),
        ("VS-NUR FUER DEN DIENSTGEBRAUCH", "marking.de", Sensitivity.HIGH),
        ("VS - NUR FU\u0308R DEN DIENSTGEBRAUCH    Seite 2 von 3", "marking.de", Sensitivity.HIGH),
        ("Einstufung: VS-NfD", "marking.de", Sensitivity.HIGH),
        ("Dienstplan [VS-NfD] Mai", "marking.de", Sensitivity.HIGH),
        ("*VS-Vertraulich*", "marking.de", Sensitivity.SEVERE),
        ("VS-VERTRAULICH - amtlich geheim gehalten", "marking.de", Sensitivity.SEVERE),
        ("- GEHEIM -\n\nBetr.: Verlegung", "marking.de", Sensitivity.SEVERE),
        ("STRENG GEHEIM", "marking.de", Sensitivity.SEVERE),
        ("DIFFUSION RESTREINTE", "marking.fr", Sensitivity.HIGH),
        ("DIFFUSION RESTREINTE\nSPÉCIAL FRANCE", "marking.fr", Sensitivity.HIGH),
        ("Mention de protection : DIFFUSION RESTREINTE", "marking.fr", Sensitivity.HIGH),
        ("TRÈS SECRET", "marking.fr", Sensitivity.SEVERE),
        ("SECRET - SPÉCIAL FRANCE", "marking.fr", Sensitivity.SEVERE),
        ("CONFIDENTIEL DÉFENSE", "marking.fr", Sensitivity.SEVERE),
        ("SECRET DEFENSE", "marking.fr", Sensitivity.SEVERE),
        ("PROTECTED A", "marking.ca", Sensitivity.ELEVATED),
        ("PROTECTED B / PROTÉGÉ B", "marking.ca", Sensitivity.HIGH),
        ("Protected B when completed", "marking.ca", Sensitivity.HIGH),
        ("PROTECTED B (when completed) / PROTÉGÉ B (une fois rempli)", "marking.ca", Sensitivity.HIGH),
        ("PROTE\u0301GE\u0301 C", "marking.ca", Sensitivity.SEVERE),
        ("CONFIDENTIAL - CANADIAN EYES ONLY", "marking.ca", Sensitivity.HIGH),
        ("SECRET//CANADIAN EYES ONLY", "marking.ca", Sensitivity.SEVERE),
        ("DEP. VERTROUWELIJK", "marking.nl", Sensitivity.HIGH),
        ("Rubricering: Departementaal Vertrouwelijk", "marking.nl", Sensitivity.HIGH),
        ("Stg. GEHEIM", "marking.nl", Sensitivity.SEVERE),
        ("STG. CONFIDENTIEEL", "marking.nl", Sensitivity.SEVERE),
        # Looser, older, and beside others.
        ("UK SECRET - UK/US EYES ONLY", "marking.uk", Sensitivity.SEVERE),
        ("Classification: CONFIDENTIAL", "marking.us", Sensitivity.HIGH),
        ("Overall Classification: SECRET", "marking.uk", Sensitivity.SEVERE),
        ("SECRET NOFORN", "marking.us", Sensitivity.SEVERE),
        ("CONFIDENTIAL - REL TO USA, GBR", "marking.us", Sensitivity.HIGH),
        ("UNCLASSIFIED - Sensitive: Legal", "marking.au", Sensitivity.HIGH),
        ("CONTROLLED\n\nThe plan", "marking.cui", Sensitivity.HIGH),
        ("The plan\n\nCONTROLLED\n", "marking.cui", Sensitivity.HIGH),
        ("(U) Introduction\n1. (C) The convoy leaves", "marking.us", Sensitivity.HIGH),
        ("SECRET//NOFORN\r\rThe plan\r", "marking.us", Sensitivity.SEVERE),
        ("The plan\rCUI//SP-PRVCY\rfor all", "marking.cui", Sensitivity.HIGH),
        # In a sentence that has them rather than speaks of them.
        ("This report is TLP:AMBER and handled under our policy on labels.", "marking.tlp", Sensitivity.ELEVATED),
        ("Please find the FOUO annex attached.", "marking.fouo", Sensitivity.HIGH),
        ("Please see the attached OFFICIAL-SENSITIVE paper on the labels.", "marking.uk", Sensitivity.HIGH),
        ("TLP:AMBER report attached, for example on page 3", "marking.tlp", Sensitivity.ELEVATED),
        ("The paper is marked TLP:AMBER, as the label on it says.", "marking.tlp", Sensitivity.ELEVATED),
        ("OFFICIAL-SENSITIVE: the new labels for crates", "marking.uk", Sensitivity.HIGH),
        ("The labels for crates [OFFICIAL-SENSITIVE]", "marking.uk", Sensitivity.HIGH),
        ("Handling: TLP:RED", "marking.tlp", Sensitivity.HIGH),
        ("TLP:AMBER\nThe course explains the labels.", "marking.tlp", Sensitivity.ELEVATED),
    ],
)
def test_markings(text: str, identifier: str, sensitivity: Sensitivity) -> None:
    found = examine_text(text, "body")
    assert (identifier, sensitivity) in [(finding.id, finding.sensitivity) for finding in found]


@pytest.mark.parametrize(
    "text",
    [
        "it was a secret meeting in a confidential place",
        "TOP SECRET recipe for apple cake, see below",
        "UNCLASSIFIED U.S. Department of State Case No. F-2014",
        "UNCLASSIFIED",
        "This e-mail is CONFIDENTIAL and may be privileged.",
        "STRICTLY CONFIDENTIAL",
        "the official report is out",
        "OFFICIAL NOTICE",
        "TLP:CLEAR",
        "[SEC=UNOFFICIAL]",
        "OFFICIAL - FOR PUBLIC RELEASE",
        "SECRET SANTA",
        "CUI BONO",
        "PROTECTED SPECIES",
        "CONFIDENTIAL",
        "Restricted - access by appointment",
        "a sensitive matter, in confidence",
        "(c) 2024 The company",
        "limite de vitesse",
        "http://a.example//SECRET//path",
        "(S) Small (M) Medium (L) Large",
        "1. (S) Smith seconded the motion",
        "For Official Use Only was replaced by CUI in 2020",
        "FOUO markings are explained in the handbook",
        "the Official Sensitive policy is on page 3",
        "SECRET MEETING FOR YOUR EYES ONLY",
        "SECRET - see page 3",
        "tlp:clear",
        "the NATO RESTRICTED area is closed",
        "Das Dokument ist als VS-NfD eingestuft, schreibt die Zeitung.",
        "VS-Vertraulich eingestufte Akten verschwanden",
        "Die Stufe VS-NUR FÜR DEN DIENSTGEBRAUCH ist die unterste.",
        "STRENG GEHEIM: das Rezept der Oma",
        "GEHEIMTIPP",
        "STRENG VERTRAULICH",
        "Le SECRET DÉFENSE a été invoqué par le ministre",
        "SPÉCIAL FRANCE",
        "UN SECRET BIEN GARDÉ",
        "Diffusion restreinte de la lettre",
        "CONFIDENTIEL",
        "PROTECTED AREA",
        "PROTECTED BY COPYRIGHT",
        "PROTOGEN A",
        "This form is Protected B when completed, see the guide.",
        "Protected B",
        "CANADIAN EYES ONLY EYEWEAR",
        "VERTROUWELIJK",
        "Het stuk was STG. GEHEIM volgens de krant",
        "HET GEHEIM VAN DE SMID",
        "Next week we explain the labels TLP:RED and TLP:AMBER",
        "Next week we explain the labels\nTLP:RED and TLP:AMBER",
        "The old FOUO label (U//FOUO) was replaced by CUI",
        "Training: handling OFFICIAL-SENSITIVE",
        "What does TLP:AMBER mean?",
        "The label of this paper would be TLP:AMBER",
        "In former times we wrote FOUO reports, now CUI.",
        "the guide on handling of OFFICIAL-SENSITIVE papers",
        "we replaced the label (NATO RESTRICTED) on the crates",
        "SECRET NOFORN IS A FILM",
        "Classification: confidential",
        "Classification: CONFIDENTIAL or not, that is the question",
        "The valve is\nCONTROLLED\nby hand",
        "CONTROLLED",
        "CONTROLLED\nSUBSTANCES",
        "We are\nCONTROLLED",
        "UNCLASSIFIED sensitive",
        "S E C R E T   S A N T A",
        "S E C R E T sale on Sunday",
        "Classified By: hair colour\nReason: style",
        "Derived From: the Latin word\nSee the note on how to declassify on request.",
        "SBU Freiburg",
        "The Official - Sensitive boundary",
        "Sensitive: handle with care",
        "PROTECTED CABINET FRONTS",
        "OFFICIAL: Sensitive skin and what helps",
        "NATO Response Force",
        "NATO CONFIDENTIELLE",
        "The agency used to mark such papers FOUO; now it is CUI.",
        "Traffic Light Protocol: Red means stop, says the guide on what is meant",
        "TLP: Reduction of costs",
        "(A) Alpha\n(B) Beta\n(C) Gamma\n(S) Sigma",
        "(C) Copyright Example\nthe (U) turn",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert examine_text(text, "body") == ()


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("SECRET//NOFORN", ("!US",)),
        ("S E C R E T // N O F O R N", ("!US",)),
        ("SBU - NOFORN", ("!US",)),
        ("TLP:AMBER + STRICT", ("new",)),
        ("Traffic Light Protocol: RED", ("new",)),
        ("SECRET AUSTEO", ("!AU",)),
        ("(TS//SI//NF)", ("!US",)),
        ("UK SECRET - UK EYES ONLY", ("!GB",)),
        ("CUI", ()),
        ("SECRET//REL TO USA, GBR", ("!GB", "!US")),
        ("SECRET//REL TO USA, FVEY", ("!AU", "!CA", "!GB", "!NZ", "!US")),
        ("SECRET//REL TO USA, XQZ", ("!US",)),
        ("SECRET//REL TO USA, PAK", ("!PK", "!US")),
        ("SECRET//REL TO USA, CANUKUS", ("!CA", "!GB", "!US")),
        ("SECRET//DISPLAY ONLY IRQ", ("!IQ", "!US")),
        ("SECRET//ORCON/RELIDO", ()),
        ("[SEC=PROTECTED, CAVEAT=RI:REL/AUS/USA]", ("!AU", "!US")),
        ("[SEC=PROTECTED, CAVEAT=RI:AGAO]", ("!AU",)),
        ("RESTRICTED - NZEO", ("!NZ",)),
        ("OFFICIAL-SENSITIVE - RECIPIENTS ONLY", ("new",)),
        ("TLP:RED", ("new",)),
        ("TLP:AMBER+STRICT", ("new",)),
        ("TLP:AMBER", ()),
        ("CUI//FED ONLY", ("!US", "!.gov", "!.mil", "!.fed.us")),
        ("CUI//FEDCON", ("!US",)),
        ("CUI//DL ONLY", ("new",)),
        ("OFFICIAL - MOD USE ONLY", ("!.mod.uk", "!.mod.gov.uk")),
        ("OFFICIAL - DSTL USE ONLY", ()),
        ("UK SECRET - UK/US EYES ONLY", ("!GB", "!US")),
        ("TOP SECRET - AUSCANNZUKUS EYES ONLY", ("!AU", "!CA", "!GB", "!NZ", "!US")),
        ("SECRET - CANUKUS EYES ONLY", ("!CA", "!GB", "!US")),
        ("//JOINT TOP SECRET USA GBR", ("!GB", "!US")),
        ("//JOINT SECRET USA XQZ", ("!US",)),
        ("SECRET - FIVE EYES ONLY", ("!AU", "!CA", "!GB", "!NZ", "!US")),
        ("SECRET - CANADIAN EYES ONLY", ("!CA",)),
        ("TRÈS SECRET - SPÉCIAL FRANCE", ("!FR",)),
        ("GEHEIM - nur Deutschen zur Kenntnis", ("!DE",)),
        ("STG. GEHEIM//NLD EYES ONLY", ("!NL",)),
        ("VS-NfD", ()),
    ],
)
def test_whom_a_marking_excludes(text: str, excluded: tuple[str, ...]) -> None:
    (finding,) = examine_text(text, "body")
    assert finding.excludes == excluded


@pytest.mark.parametrize(
    ("text", "within", "without"),
    [
        ("NATO RESTRICTED", {"!FR", "!TR", "!NATO"}, {"!UA", "!EU"}),
        ("NATO RESTRICTED REL TO UKR", {"!FR", "!UA", "!NATO"}, {"!RU"}),
        ("NATO SECRET RELEASABLE TO UKRAINE", {"!FR", "!UA"}, {"!GE"}),
        ("NATO SECRET\nRELEASABLE TO EU, SWITZERLAND AND JAPAN", {"!FR", "!AT", "!CH", "!JP", "!EU"}, {"!GE"}),
        ("RESTREINT UE/EU RESTRICTED\nRELEASABLE TO NORWAY", {"!FR", "!NO", "!EU"}, {"!US", "!NATO"}),
        ("NATO SECRET\nReleasable to Ukraine", {"!FR", "!UA"}, {"!GE"}),
        ("UK SECRET - REL EU", {"!GB", "!FR", "!EU"}, {"!US"}),
        ("SECRET//REL TO USA, ISAF", {"!US", "!DE", "!AU", "!NATO"}, {"!RU", "!PK"}),
    ],
)
def test_whom_a_release_adds(text: str, within: set[str], without: set[str]) -> None:
    (finding,) = examine_text(text, "body")
    assert within <= set(finding.excludes)
    assert not without & set(finding.excludes)


def test_who_is_not_known_here_excludes_nobody() -> None:
    (finding,) = examine_text("NATO SECRET RELEASABLE TO RURITANIA", "body")
    assert finding.excludes == ()


def test_where_it_stands_and_whether_it_is_quoted() -> None:
    raw = (
        b"From: a@mod.example\r\nTo: b@army.mil\r\nSubject: [OFFICIAL-SENSITIVE] Roster\r\n"
        b"X-Protective-Marking: VER=2024.1, NS=gov.au, SEC=PROTECTED, ORIGIN=a@b.gov.au\r\n"
        b"msip_labels: MSIP_Label_1_Enabled=true; MSIP_Label_1_Name=Internal; MSIP_Label_1_SiteId=0\r\n\r\n"
        b"Thank you.\r\n\r\n> SECRET//NOFORN\r\n> the plan\r\n"
    )
    found = {(finding.id, finding.where, finding.quoted) for finding in examine(parse_message(raw))}
    assert found == {
        ("marking.uk", "subject", False),
        ("marking.au", "header X-Protective-Marking", False),
        ("marking.label", "header msip_labels", False),
        ("marking.us", "quoted text, line 1", True),
    }


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("X-Classification: SECRET//NOFORN", ["marking.us"]),
        ("Classification: NATO RESTRICTED", ["marking.nato"]),
        ("X-Security-Classification: CONFIDENTIAL", ["marking.us"]),
        ("Sensitivity-Label: OFFICIAL-SENSITIVE", ["marking.uk"]),
        ("X-Security-Label: TLP:AMBER", ["marking.tlp"]),
        ('SIO-Label: marking="UK SECRET"; fgcolor=white; bgcolor=red', ["marking.uk"]),
        ("Classification: unimportant", []),
        ("X-Spam-Classification: not secret", []),
        ("X-Classification: password is Kx9#pQ2m", []),
        ("X-Note: SECRET//NOFORN", []),
    ],
)
def test_headers(header: str, found: list[str]) -> None:
    raw = f"From: a@mod.example\r\n{header}\r\n\r\nThank you.\r\n".encode()
    assert [(each.id, each.where) for each in examine(parse_message(raw))] == [
        (identifier, f"header {header.partition(':')[0]}") for identifier in found
    ]


def test_file_names_are_read() -> None:
    raw = (
        b'From: a@mod.example\r\nContent-Type: application/pdf; name="OFFICIAL-SENSITIVE crew.pdf"\r\n'
        b'Content-Disposition: attachment; filename="Crew [OFFICIAL-SENSITIVE].pdf"\r\n\r\nx\r\n'
    )
    assert [finding.where for finding in examine(parse_message(raw))] == ["file name Crew [OFFICIAL-SENSITIVE].pdf"]


@pytest.mark.parametrize(
    ("subject", "identifier"),
    [
        ("CUI: crew list", "marking.cui"),
        ("Re: FW: [CUI//SP-PRVCY] crew list", "marking.cui"),
        ("Crew list - OFFICIAL-SENSITIVE", "marking.uk"),
        ("Crew list (SECRET)", "marking.uk"),
        ("SECRET//NOFORN: crew list", "marking.us"),
        ("Weekly report // SECRET//NOFORN", "marking.us"),
        ("[SECRET] crew list", "marking.uk"),
        ("NATO RESTRICTED: crew list", "marking.nato"),
        ("Crew list - NATO RESTRICTED", "marking.nato"),
        ("RESTREINT UE/EU RESTRICTED - crew list", "marking.eu"),
        ("Crew list [DLM=Sensitive:Personal]", "marking.au"),
        ("AW: VS-NfD: Dienstplan", "marking.de"),
        ("VS-NfD Dienstplan", "marking.de"),
        ("Dienstplan (VS-NfD)", "marking.de"),
        ("[GEHEIM] Verlegung", "marking.de"),
        ("TR: DIFFUSION RESTREINTE - Liste", "marking.fr"),
        ("Liste - SECRET DÉFENSE", "marking.fr"),
        ("PROTECTED B - crew list", "marking.ca"),
        ("Crew list [PROTÉGÉ B]", "marking.ca"),
        ("Rooster - DEP. VERTROUWELIJK", "marking.nl"),
        ("SECRET NOFORN: crew list", "marking.us"),
        ("New labels (OFFICIAL-SENSITIVE)", "marking.uk"),
    ],
)
def test_subjects(subject: str, identifier: str) -> None:
    assert identifier in {finding.id for finding in examine_text(subject, "subject")}


@pytest.mark.parametrize(
    "subject",
    [
        "NATO restricted our access",
        "Secret: a film",
        "the secret // of bread",
        "EU news",
        "VS-NfD eingestufte Akten verschwunden",
        "VS-NfD-Papier aufgetaucht",
        "STRENG GEHEIM! Nur heute 50 %",
        "GEHEIM: das neue Buch",
        "TRÈS SECRET : le livre",
        "PROTECTED AREA closed",
        "SECRET NOFORNICATION",
        "The label OFFICIAL-SENSITIVE explained",
    ],
)
def test_subjects_without_a_marking(subject: str) -> None:
    assert examine_text(subject, "subject") == ()


@pytest.mark.parametrize(
    ("header", "labels"),
    [
        ("MSIP_Label_1_Enabled=true; MSIP_Label_1_Name=TOP SECRET", [("TOP SECRET", Sensitivity.SEVERE)]),
        (
            "MSIP_Label_1_Enabled=false; MSIP_Label_1_Name=Public; MSIP_Label_2_Enabled=true; MSIP_Label_2_Name=Secret",
            [("Secret", Sensitivity.SEVERE)],
        ),
        ("MSIP_Label_1_Enabled=true;MSIP_Label_1_Name=Public;", [("Public", Sensitivity.LOW)]),
        ("MSIP_Label_1_Enabled=false; MSIP_Label_1_Name=Secret", []),
    ],
)
def test_labels_in_a_header(header: str, labels: list[tuple[str, Sensitivity]]) -> None:
    raw = f"From: a@mod.example\r\nmsip_labels: {header}\r\n\r\nThank you.\r\n".encode()
    assert [(each.excerpt, each.sensitivity) for each in examine(parse_message(raw))] == labels


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Plan_TOP_SECRET.docx", True),
        ("TLP-AMBER report.pdf", True),
        ("CUI crew.xlsx", True),
        ("secret santa.txt", False),
        ("Dienstplan_VS-NfD.pdf", True),
        ("Liste DIFFUSION_RESTREINTE.pdf", True),
        ("crew PROTECTED-B.xlsx", True),
        ("STG_GEHEIM plan.pdf", True),
        ("geheim.txt", False),
    ],
)
def test_file_names(name: str, found: bool) -> None:
    assert bool(examine_text(name, f"file name {name}")) is found


def test_what_was_declassified_counts_for_less() -> None:
    (finding,) = examine_text("SECRET//NOFORN\nDeclassified by the archivist on 4 May 1998\nThe plan", "body")
    assert finding.sensitivity is Sensitivity.LOW
    assert finding.confidence < 0.5


def test_labels_in_document_properties() -> None:
    (finding,) = examine_property("MSIP_Label_0a1b_Name", "Restricted", "plan.docx")
    assert (finding.id, finding.where) == ("marking.label", "plan.docx, property MSIP_Label_0a1b_Name")
    assert not examine_property("Title", "Restricted area", "plan.docx")


def test_a_label_without_a_name_is_likely_harmless() -> None:
    (finding,) = examine_property("MSIP_Label_0a1b_Name", "label 2096f6a2-d2f7-48be-b329-b73aaa526e5d", "plan.docx")
    assert finding.sensitivity is Sensitivity.LOW


@pytest.mark.parametrize(
    ("name", "excluded"),
    [
        ("plan_TLP_RED.pdf", ("new",)),
        ("plan TLP-AMBER-STRICT.pdf", ("new",)),
        ("plan TLP-AMBER.pdf", ()),
        ("UKEO brief.docx", ("!GB",)),
        ("SECRET UK EYES ONLY brief.docx", ("!GB",)),
        ("SECRET_NOFORN.pptx", ("!US",)),
        ("NOFORN brief.pptx", ("!US",)),
    ],
)
def test_whom_a_file_name_excludes(name: str, excluded: tuple[str, ...]) -> None:
    (finding,) = (each for each in examine_text(name, f"file name {name}") if each.id == "marking.file")
    assert finding.excludes == excluded


def test_a_file_name_says_its_level() -> None:
    graves = {
        name: examine_text(name, f"file name {name}")[0].sensitivity
        for name in ("a TLP-AMBER.pdf", "a TLP_AMBER+STRICT.pdf")
    }
    assert list(graves.values()) == [Sensitivity.ELEVATED, Sensitivity.HIGH]
