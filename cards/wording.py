"""Names that a reader knows for the ids of sites, structures, items and records. Closed lists; else the id itself."""

import re

DISEASES = {
    "nasopharynx": "nasopharyngeal cancer",
    "head-and-neck": "head and neck cancer",
    "salivary-gland": "salivary gland cancer",
    "brain": "brain tumour",
    "brain-metastasis": "brain metastasis",
    "lung": "lung cancer",
    "lung-metastasis": "lung metastasis",
    "breast": "breast cancer",
    "prostate": "prostate cancer",
    "bone-metastasis": "bone metastasis",
    "rectum": "rectal cancer",
    "anus": "anal cancer",
    "cervix": "cervical cancer",
    "uterus": "uterine cancer",
    "bladder": "bladder cancer",
    "oesophagus": "oesophageal cancer",
    "liver-metastasis": "liver metastasis",
    "other": "cancer",
    "unknown": "cancer",
    "": "cancer",
}
PATTERNS = {
    "local": "local recurrence",
    "regional": "regional recurrence",
    "locoregional": "locoregional recurrence",
    "distant": "distant recurrence",
    "mixed": "local and distant recurrence",
    "biochemical": "biochemical recurrence",
    "unknown": "recurrence",
}
OVERLAPS = {
    "in-region": "same anatomical region (fields not compared)",
    "adjacent": "next to the region (fields not compared)",
    "junction": "next to the region, possible field junction (fields not compared)",
    "none-found": "no overlapping record found",
    "unknown": "overlap unknown",
}
STATUSES = {
    "exceeds": "above the value compared",
    "near": "near the value compared",
    "within": "below the value compared",
    "caution": "caution",
    "cannot-assess": "cannot be assessed",
    "found": "earlier dose on file",
}
MODALITIES = {
    "photon": "photons",
    "electron": "electrons",
    "proton": "protons",
    "carbon": "carbon ions",
    "neutron": "neutrons",
    "intra-operative": "intraoperative",
    "unknown": "radiation not stated",
}
NO_INTERVAL = {
    "no-date": "end not on file",
    "no-fractions": "end not on file",
    "future": "end on file is in the future",
    "record": "dates on file contradict each other",
}
"""Why there is no interval, in the place where the end would stand."""
INTERVAL_PROBLEMS = {
    "no-date": "no date on file",
    "no-fractions": "no end on file, and no number of fractions to estimate it from",
    "future": "the end on file lies after the day it is measured to",
    "record": "the dates on file contradict each other",
}
STRUCTURES = {
    "SpinalCord": "spinal cord",
    "OpticNrv": "optic nerve",
    "OpticChiasm": "optic chiasm",
    "CaudaEquina": "cauda equina",
    "SacralPlex": "sacral plexus",
    "BrachialPlex": "brachial plexus",
    "Bowel_Small": "small bowel",
    "Bowel_Large": "large bowel",
    "Esophagus": "oesophagus",
    "A_Carotid": "carotid artery",
    "A_Aorta": "aorta",
    "Bone_Mandible": "mandible",
    "GreatVes": "great vessels",
    "AirWay_Prox": "proximal airway",
    "BileDuct_Common": "common bile duct",
    "BoneMarrow": "bone marrow",
    "Bone_Pelvic": "pelvic bone",
    "Canal_Anal": "anal canal",
    "Cavity_Oral": "oral cavity",
    "Chestwall": "chest wall",
    "Femur_Head": "femoral head",
    "Glnd_Lacrimal": "lacrimal gland",
    "Glnd_Submand": "submandibular gland",
    "Glnd_Thyroid": "thyroid",
    "Joint_TM": "temporomandibular joint",
    "Musc_Constrict": "pharyngeal constrictors",
    "Nrv_Peripheral": "peripheral nerve",
    "PenileBulb": "penile bulb",
}
_SIDES = {"L": "left", "R": "right"}
NO_SITE = frozenset({"", "other", "unknown"})
"""Sites that say nothing: the label of the diagnosis says more."""
NOT_FOUND = frozenset({"missing", "absent"})
"""The statuses of a work-up item that is not on file."""
WORKUP_ITEMS = {
    "biopsy": "biopsy of the recurrence",
    "cross-sectional-imaging": "recent cross-sectional imaging",
    "prior-dosimetry": "dose and plan of the earlier radiotherapy",
    "interval": "end date of the earlier radiotherapy",
    "performance-status": "performance status",
    "organ-function": "organ function tests",
    "restaging": "restaging",
}
_FOUND_ITEMS = {"prior-dosimetry": "dose of the earlier radiotherapy"}
"""What an item is called where it is on file: a dose is no plan."""
PREFETCH_KEYS = {
    "patient": "patient data",
    "conditions": "diagnoses (Condition)",
    "procedures": "procedures and radiotherapy courses (Procedure)",
    "volumes": "treated volumes (BodyStructure)",
    "radiationDose": "radiation dose observations (Observation)",
    "observations": "disease status, stage, markers and laboratory values (Observation)",
    "medications": "drug orders (MedicationRequest)",
    "reports": "imaging and pathology reports (DiagnosticReport)",
}
BASES = frozenset({"delivered", "planned", "prescribed"})
PROBLEMS = {
    "foreign-patient": "record of another patient",
    "left-out": "record left out (refuted, entered in error or not done)",
    "unusual-dose": "unusual dose, to be confirmed",
    "missing-unit": "dose without unit",
    "missing-fractions": "number of fractions missing",
    "reversed-dates": "end before the start",
    "future-end": "end in the future",
    "future-start": "start in the future",
}
OPTION_CATEGORIES = {
    "surgery": "Surgery",
    "radiotherapy": "Radiotherapy",
    "systemic": "Systemic treatment",
    "radioligand": "Radioligand treatment",
    "local-ablation": "Local ablation",
    "trial": "Clinical trial",
    "supportive": "Supportive care",
}


def spaced(name: str) -> str:
    """An id as words: `left-out` is left out.

    >>> spaced("implausible-dose")
    'implausible dose'
    """
    return name.replace("-", " ").replace("_", " ")


def disease(site: str) -> str:
    """The cancer of a site."""
    return DISEASES.get(site) or f"{spaced(site)} cancer"


def structure(name: str) -> str:
    """A TG-263 name in words, with its side.

    >>> structure("OpticNrv_L"), structure("SpinalCord"), structure("Duodenum")
    ('optic nerve (left)', 'spinal cord', 'duodenum')
    """
    base, _, suffix = name.rpartition("_")
    if suffix in _SIDES and base:
        return f"{structure(base)} ({_SIDES[suffix]})"
    return STRUCTURES.get(name) or spaced(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).lower()


def problem(name: str) -> str:
    """What was wrong with a record."""
    return PROBLEMS.get(name) or spaced(name)


def modality(name: str) -> str:
    """A kind of radiation; the id as words where it says it already."""
    return MODALITIES.get(name) or spaced(name)


def workup_item(item: str) -> str:
    """A work-up item; `biomarker:RAS` is the RAS result."""
    kind, _, marker = item.partition(":")
    return f"{marker} result" if marker and kind == "biomarker" else WORKUP_ITEMS.get(item) or spaced(item)


def found_item(item: str) -> str:
    """A work-up item that is on file."""
    return _FOUND_ITEMS.get(item) or workup_item(item)


def capital(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]
