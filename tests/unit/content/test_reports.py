"""Reports on pictures and tissue, and doctors' letters: hits and near misses. Every patient is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text

KINDS = {"health.imaging", "health.pathology", "health.letter"}


def ids(text: str) -> set[str]:
    return {finding.id for finding in examine_text(text, "body")} & {
        "health.imaging",
        "health.pathology",
        "health.letter",
    }


@pytest.mark.parametrize(
    "text",
    [
        "CT CHEST WITH CONTRAST\n\nINDICATION: Cough.\n\nFINDINGS: A spiculated nodule.\n\nIMPRESSION: Suspect.\n",
        "MRI BRAIN W/WO\nFINDINGS: Multiple T2 hyperintense foci.\nIMPRESSION: Nonspecific.",
        "CXR: no acute process",
        "Her CXR was normal.",
        "CT head: no acute intracranial haemorrhage.",
        "XR LEFT WRIST\nClinical details: FOOSH\nReport: Undisplaced fracture of the distal radius.\n",
        "US ABDOMEN: Gallbladder contains stones. CBD 4 mm. No hydronephrosis.",
        "Transthoracic echocardiogram: EF 35%, moderate mitral regurgitation, LV dilated.",
        "Echo report\nLVEF 55%\nMild MR, no AS\nRVSP 28 mmHg\n",
        "MAMMOGRAM BILATERAL\nBI-RADS 4. Cluster of microcalcifications.",
        "MRI L-spine showed L5/S1 disc herniation with S1 root compression.",
        "Your ultrasound scan shows a fibroid in the uterus measuring 4 cm.",
        "Doppler left leg: thrombus in the popliteal vein.",
        "X-ray right ankle: Weber B fracture of the distal fibula.",
        "INDICATION: SOB. COMPARISON: 3/4/2027. FINDINGS: Heart size is normal. Lungs are clear. IMPRESSION: Normal.",
    ],
)
def test_imaging(text: str) -> None:
    assert ids(text) == {"health.imaging"}


@pytest.mark.parametrize(
    "text",
    [
        "Histology: basal cell carcinoma, completely excised, margins clear.",
        "HISTOPATHOLOGY\nMicroscopic: Sections show malignant melanoma, Breslow thickness 1.1 mm.\n",
        "SURGICAL PATHOLOGY REPORT\nSpecimen: Left breast, core biopsy\nFinal diagnosis: Invasive ductal carcinoma.\n",
        "Biopsy result: prostate adenocarcinoma Gleason 4+3=7 in 6 of 12 cores",
        "Pathology came back: invasive ductal carcinoma, ER positive.",
        "Microscopy: Compound naevus, no atypia. Margins clear.",
    ],
)
def test_pathology(text: str) -> None:
    assert ids(text) == {"health.pathology"}


@pytest.mark.parametrize(
    "text",
    [
        "Dear Dr Smith,\n\nRe: Mr Ruben FALK, DOB 14/03/1951, NHS no 943 476 0000\n\nThis gentleman was admitted.\n",
        "Dear Dr Okafor\n\nRe: Mrs Lena Sorg, Hospital No H482913\n\nOn examination this lady was comfortable.\n",
        "Re: Eva HOLM - DOB: 12-Apr-1986\nDear Doctor\nShe was reviewed in the clinic; her symptoms have gone.\n",
    ],
)
def test_letters(text: str) -> None:
    assert ids(text) == {"health.letter"}


@pytest.mark.parametrize(
    "text",
    [
        "INDICATION: none\nFINDINGS: Two invoices lack a signature.\nIMPRESSION: Adequate.",
        "The MRI scanner purchase: price 1,200,000, delivery in May, contrast injector extra.",
        "MRI, CT and ultrasound appointments are open until 8 pm; call radiology to book.",
        "CT: governor signs budget. NY: no deal.",
        "US HEAD OFFICE: no change. US ARM: no effusion of cash.",
        "US economy: no acute process of decline, says the Fed",
        "An MRI on the striker's knee revealed a torn ACL, the coach said. He is out for the season.",
        "MRI brain study finds white matter grows with juggling, scientists say.",
        "X-ray inspection of weld 14: no porosity. Ultrasound: no fracture. Findings: accepted.",
        "CXR 7000 printer: no acute process errors",
        "Findings: nodules in the varnish. Opinion: buy. Conclusion: no fracture. Report: opacity of the glass.",
        "Pathology:\nCode smells are malignant; atypia is not a word. Necrosis of modules.",
        "Cytology: the study of cells. Epithelium and stroma are tissues. Exam on Friday.",
        "The histology course begins Monday. Bring the macroscopic atlas.",
        "Dear Dr Okafor,\nRe: Ms Clara Voss, DOB 14/03/1999, applicant for the lectureship\nShe was my student.",
        "Dear Dr Smith, Re: your invoice of 9 Jan 2027. We have not received payment.",
        "Dear Dr Smith, Re: Clara Voss, date of birth 14/03/1999. We referred your claim to the consultant.",
        "Dear Colleague, the symposium on surgery is open. Register with your date of birth. Follow-up at the clinic.",
        "",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_nothing_that_is_seen_is_kept() -> None:
    (finding,) = [each for each in examine_text("CT head: lacunar infarct", "body") if each.id == "health.imaging"]
    assert finding.excerpt == "1 sign"
