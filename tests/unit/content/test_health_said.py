"""Health in words of everyday life, and who it is about: hits and near misses. Everybody in it is invented."""

from __future__ import annotations

import pytest

from straymail.content import examine_text


def ids(text: str) -> set[str]:
    """What rules find: whether its words as a whole speak of an illness is for ``test_prose``."""
    ids = {finding.id for finding in examine_text(text, "body") if finding.id.startswith("health.")}
    return ids - {"health.prose"}


@pytest.mark.parametrize(
    "text",
    [
        "Hi Tom, Nadia is off sick until the 14th. Her GP's note says work-related stress, keep it to yourself.",
        "Just to let you know that Mr Pratt has been signed off for six weeks with depression.",
        "I've been signed off for a month, the doctor thinks it is burnout. Please don't tell the team.",
        "Sgt Dale is on sick leave again. He told me he is in rehab for his drinking problem.",
        "Frau Kern ist bis 12.03. arbeitsunfähig. Diagnose: F32.1 mittelgradige depressive Episode",
        "Herr Lutz ist bis Ende Mai krankgeschrieben, er hatte einen Bandscheibenvorfall.",
        "Anbei die AU von Frau Wolf. Diagnosen: M51.2 G, F48.0 G",
        "Mme Caron est en arrêt de travail jusqu'au 3 juin. Diagnostic : F41.1 anxiété généralisée.",
        "Elle est en arrêt maladie depuis lundi, épuisement professionnel. À ne pas ébruiter.",
        "Marta está de baja por ansiedad desde el lunes, no lo comentes.",
        "Unfit for duty until 4 May, Cpl Hale was given the diagnosis PTSD.",
        "Fit note for Dora Lint: she has had a miscarriage and needs three weeks.",
        "The certificate states recurrent depressive disorder (F33.1), return unlikely before August.",
        "Discharge codes for Mr Falk: alcohol dependence syndrome (F10.2)",
        "CIM-10 : C50.9",
        "Mum's scan came back: the tumour has grown and the oncologist wants to try a second round of chemo.",
        (
            "Sorry for the silence. My wife was diagnosed with breast cancer in May, stage 2, she starts "
            "radiotherapy on Monday."
        ),
        "Papa hat Krebs, der Tumor hat schon gestreut, am Montag fängt die Chemo an.",
        "Le cancer de maman est généralisé, stade IV. Elle commence la chimio mardi.",
        "El cáncer de mi padre se ha extendido al hígado; empieza la quimioterapia el lunes.",
        "My brother's leukaemia is back. They talk about palliative care and weeks to live.",
        "I have prostate cancer. The biopsy was bad, stage III. Not telling the office yet.",
        "Sgt Bloom - GSW to abdomen, tourniquet not needed, intubated, medevac requested",
        "9-liner follows. 2 x cat A. Pte Nair amputation left leg, tourniquet 0915, GCS 9, TXA given",
        "Casualty report: LCpl Voss, T. burns 30% TBSA, ventilated, very seriously injured, NOK informed",
        "MIST: IED blast. Casualty 1 fractured pelvis, internal bleeding, BP 80/40, blood group B neg",
        "Capt Orla Wynn has a head injury, GCS 11, CT clear, and a fractured tibia. Prognosis good.",
        "Two casualties from the jump: Pvt Adler fractured femur, stable; SPC Moore concussion, in ICU.",
        "Mr Haddad, 41, fell from the scaffold: fractured pelvis, unconscious, blood type A pos, in surgery now.",
    ],
)
def test_sick_notes_cancer_and_casualties(text: str) -> None:
    assert ids(text) & {"health.note", "health.diagnosis"}


@pytest.mark.parametrize(
    "text",
    [
        (
            "Patientin: Eva Lang, geb. 03.04.1979. HIV-Test: positiv (Western Blot). Viruslast 52.000 "
            "Kopien/ml, CD4 290/µl"
        ),
        "Patient né le 12/03/1980. Sérologie VIH : positif. Charge virale 48 000 copies/ml. CD4 310/mm3",
        "Paciente nacida el 1/2/1990. VHC: positivo.",
        "Her HIV test came back positive, she has not told anyone.",
        "Mr Okoye's hepatitis B result: reactive.",
        "Laborwerte Herr Graf: Kreatinin 2,1 mg/dl, Hämoglobin 9,8 g/dl",
        "Bilan de M. Petit : créatinine 180 µmol/L, hémoglobine 9,2 g/dL",
        "Analítica de su madre: glucosa 210 mg/dL, creatinina 1,9 mg/dL",
        "Su hemoglobina es 8,2 g/dl",
    ],
)
def test_results_in_other_languages(text: str) -> None:
    assert "health.lab" in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "metoprolol 25 mg b.i.d. and aspirin 81 mg daily",
        "Dad takes ramipril 5 mg and metformin 500 mg. He has diabetes. The dog goes to the kennels.",
        "Significant history of alcohol abuse, according to the nurse, who sees her regularly.",
        "My own list: sertraline 100 mg, lithium 400 mg. I was diagnosed as bipolar last year.",
        "Mr Young: start amlodipine 5 mg as the guideline says, his blood pressure is high, he has diabetes.",
    ],
)
def test_medicines_of_somebody(text: str) -> None:
    assert ids(text) & {"health.note", "health.medication"}


@pytest.mark.parametrize(
    "text",
    [
        (
            "Sale! Loratadine 10 mg, 30 tablets only 2.99. Take one tablet daily. Ask our pharmacists if you "
            "have asthma or diabetes."
        ),
        (
            "Order online: metformin 500 mg from $12 per box, insulin 100 units from $30. For diabetes and "
            "high blood pressure."
        ),
        (
            "Viagra 50 mg, Lipitor 20 mg without prescription, cheap, free shipping worldwide! Treatment of "
            "high cholesterol"
        ),
        (
            "In a phase 3 trial of 4,000 participants, empagliflozin 10 mg daily cut heart failure and "
            "kidney disease against placebo."
        ),
        (
            "Researchers say that aspirin 75 mg daily does not prevent stroke in adults with diabetes. Side "
            "effects included bleeding."
        ),
        (
            "The guideline recommends atorvastatin 80 mg after myocardial infarction and bisoprolol 2.5 mg "
            "in heart failure."
        ),
        (
            "Lecture notes: asthma is treated with prednisone 40 mg daily; pneumonia with amoxicillin 500 mg "
            "three times a day."
        ),
        "Bella's tablets from the vet: meloxicam 1.5 mg daily and furosemide 20 mg for her heart failure. Good girl!",
        "Our cat needs prednisolone 5 mg daily for her asthma, please hide it in the tuna.",
        "The mare had phenylbutazone; her arthritis is better and she takes omeprazole 500 mg for ulcers.",
        "Purchase order: 200 boxes of amoxicillin 500 mg, 50 vials of insulin 100 units, for the diabetes clinic.",
        "Generic makers launched atorvastatin 40 mg; analysts expect sales of drugs for high cholesterol to fall.",
        "Employees who are signed off with depression for more than six weeks get support from occupational health.",
        "Webinar: burnout and anxiety at work. What a sick note means for employers.",
        "I'm off sick today with a cold, back tomorrow.",
        "Peter is on sick leave with a broken toe, Ann covers.",
        (
            "Join our walk for breast cancer research on Sunday! My mum will be there too. Radiotherapy "
            "machines cost a lot."
        ),
        (
            "Researchers said stage IV cancer patients lived longer with chemotherapy in the trial, "
            "according to her study."
        ),
        "Metastatic spread to the liver in colorectal cancer: a review for students.",
        "The actor announced he has stage IV cancer and begins chemotherapy, his spokesman said.",
        (
            "First aid course: how to use a tourniquet, what GCS 13 means, burns and fractured limbs. "
            "Instructor Sgt Hall."
        ),
        "Exercise IRON: notional casualty 1 Pte X, GSW abdomen, tourniquet, GCS 9. For training only.",
        "Police said two people were hurt; Mr Hill has a fractured leg and a head injury and is stable in hospital.",
        "A fractured market: Mr Stone says stable growth, critical reforms.",
        "Test: HIV negative control kits, price 40 EUR. HIV positive control: 20 EUR.",
        "World AIDS day: one in five people living with HIV does not know. If you test positive, treatment is free.",
        "Diagnostics: firmware E12.5 of the printer",
        "Diagnosen Sie den Fehler: Sensor C12.5",
        "Der Drucker fällt aus, Fehler F43.0.",
        "En arrêt sur image: le film sur la dépression.",
        "Il trial di creatinina: 2,1 mg/dl è il limite nello studio",
        "Trinkwasser: Nitrat 12 mg/l, Natrium 9 mg/l, Chlorid 14 mg/l",
        "Room certificate says A12.5 is closed",
        "The leave policy: sick leave for cancer treatment is 30 days per year.",
        "Tumor of the potato: leaf spread to the plant, stage 2. My field is lost.",
    ],
)
def test_near_misses(text: str) -> None:
    assert ids(text) == set()


def test_excerpt_is_for_people() -> None:
    (finding,) = examine_text("metoprolol 25 mg b.i.d. and aspirin 81 mg daily", "body")
    assert finding.excerpt == "doses, how often to take them, medicines"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mr Pratt has been signed off for six weeks with depression.", "it says why somebody is off sick"),
        ("Mum's cancer has spread to the liver, chemo starts on Monday.", "it tells of somebody's cancer"),
        ("Cpl Hale: GCS 13, fractured femur, blood group O neg", "it says how somebody was injured"),
    ],
)
def test_says_what_it_is(text: str, said: str) -> None:
    assert [finding.text for finding in examine_text(text, "body")] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Patient John Miller is HIV positive",
        "My husband tested positive for HIV, please keep it to yourself.",
        "Mrs Okoro's swab came back positive, she moves to the side room.",
        "Herr Petersen hat sich gestern das Leben nehmen wollen.",
        "My brother tried to kill himself on Sunday.",
        "She was sectioned on Tuesday night and is on suicide watch at the unit.",
        "Cpl Voss was sectioned under the Mental Health Act on Monday",
        "Il est séropositif depuis 2019, merci de n'en parler à personne.",
        "My brother has HIV.",
        "Frau Kern ist seit Mai HIV-positiv",
    ],
)
def test_what_people_tell_nobody(text: str) -> None:
    assert "health.note" in ids(text)


@pytest.mark.parametrize(
    "text",
    [
        "If a swab came back positive, the law says what follows.",
        "A survey on suicide attempts among students is in the journal.",
        "HIV positive people are protected by law.",
        "If an employee is HIV positive, the employer may not ask.",
        "The singer is HIV positive, his spokesman said.",
        "In the study she looks at volunteers who are HIV positive, after a trial.",
        "The drawing was sectioned along the axis, Mr Pratt has the file.",
        "Les donneurs séropositifs ne sont pas admis.",
        "The film shows life on suicide watch.",
    ],
)
def test_what_is_said_of_everybody(text: str) -> None:
    assert ids(text) == set()
