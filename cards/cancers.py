"""What a cancer is called: by its site in our words, else by its organ, else by the label of its diagnosis."""

from cards.escaping import cut, plain_text, reads_right_to_left
from cards.reading import Members, text, texts
from cards.wording import DISEASES, NO_SITE, PATTERNS, disease

LONGEST_LABEL = 60
"""Characters of a diagnosis label in a summary: the earlier treatment must still fit."""

ORGANS = {
    "hodgkin-lymphoma": "Hodgkin lymphoma",
    "lymphoma": "lymphoma",
    "myeloma": "myeloma",
    "leukaemia": "leukaemia",
    "breast": "breast cancer",
    "thyroid": "thyroid cancer",
    "oesophagus": "oesophageal cancer",
    "stomach": "gastric cancer",
    "pancreas": "pancreatic cancer",
    "liver": "liver cancer",
    "biliary": "biliary cancer",
    "bowel": "bowel cancer",
    "kidney": "kidney cancer",
    "bladder": "bladder cancer",
    "ovary": "ovarian cancer",
    "vagina": "vaginal cancer",
    "vulva": "vulvar cancer",
    "penis": "penile cancer",
    "testis": "testicular cancer",
    "adrenal": "adrenal cancer",
}
"""Cancers of the site `other` whose organ or kind names them."""
LONGEST_BRAIN_LABEL = 30
"""Of a brain tumour the label says more than the site, if it is short."""
_PROGRESSION = "progression or residual disease: "
METASTASES = {
    "brain-metastasis": "brain",
    "lung-metastasis": "lung",
    "bone-metastasis": "bone",
    "liver-metastasis": "liver",
    "other": "another place",
}
"""Where metastases are, by the names of their sites."""
_HEAD_AND_NECK = {
    "oral-cavity": "oral cavity cancer",
    "oropharynx": "oropharyngeal cancer",
    "larynx-hypopharynx": "cancer of the larynx or hypopharynx",
    "paranasal": "cancer of the nose or sinuses",
}
_DIFFERENCES = {
    "the other side of a paired organ": "other side than the earlier one",
    "another histology": "other histology than the earlier one",
}
"""By what a second primary of the same site differs, as the rule says it."""


_COMMON_WORDS = frozenset({
    "Acute", "Adenocarcinoma", "Basal", "Cancer", "Carcinoma", "Chronic", "Left", "Malignant", "Melanoma", "Metastatic",
    "Neuroendocrine", "Primary", "Recurrent", "Right", "Sarcoma", "Skin", "Soft", "Squamous", "Tumor", "Tumour",
})  # fmt: skip
"""First words of labels that are no names: inside a sentence they begin with a small letter."""
_KINDS = frozenset({"cancer", "ca", "carcinoma", "metastasis", "metastases", "neoplasm", "tumor", "tumour"})
_NAMED_AFTER = frozenset({"Krukenberg", "Pancoast", "Warthin", "Wilms"})
_HISTORY = "personal history of "


def pattern(found: Members) -> str:
    """The pattern of a recurrence; of a mixed one, what is mixed.

    >>> pattern({"pattern": "mixed", "parts": ["distant", "regional"]}), pattern({"pattern": "mixed"})
    ('regional and distant recurrence', 'local and distant recurrence')
    """
    name = text(found, "pattern")
    near = set(texts(found, "parts")) & {"local", "regional"}
    if name == "mixed" and near:
        return f"{'locoregional' if len(near) > 1 else near.pop()} and distant recurrence"
    return PATTERNS.get(name, "recurrence")


def cancer(found: Members) -> str:
    """The cancer of a finding as plain text."""
    return _name(text(found, "site"), text(found, "organ"), text(found, "label"))


def second_primary(found: Members) -> str:
    """A second primary and what it came after.

    >>> second_primary({"site": "lung", "earlierSite": "rectum"})
    'lung cancer after earlier rectal cancer'
    >>> second_primary({"site": "head-and-neck", "organ": "oropharynx", "earlierSite": "head-and-neck",
    ...                 "earlierOrgan": "oral-cavity"})
    'oropharyngeal cancer after earlier oral cavity cancer'
    """
    site, earlier_site = text(found, "site"), text(found, "earlierSite")
    this = cancer(found)
    if not earlier_site:
        return this
    earlier = _name(earlier_site, text(found, "earlierOrgan"), text(found, "earlierLabel"))
    if site == earlier_site and site not in NO_SITE:
        this = _HEAD_AND_NECK.get(text(found, "organ"), this)
        earlier = _HEAD_AND_NECK.get(text(found, "earlierOrgan"), earlier)
    if this == earlier:
        difference = _DIFFERENCES.get(text(found, "differsBy"))
        return f"{this}, {difference}" if difference else f"another {this}"
    return f"{this} after earlier {earlier}"


def present_tumour(target: Members) -> str:
    """A present tumour that is neither a recurrence nor a second primary; "" where a target is none.

    >>> present_tumour({"site": "rectum", "label": "progression or residual disease: C20", "certainty": "documented"})
    'progression or residual disease of rectal cancer'
    >>> present_tumour({"site": "brain", "label": "Meningioma", "certainty": "possible"})
    'possible Meningioma'
    """
    label, site = text(target, "label"), text(target, "site")
    if not site:
        return ""
    goes_on = label.startswith(_PROGRESSION)
    label = label.removeprefix(_PROGRESSION)
    finer = site == "brain" and label and len(label) <= LONGEST_BRAIN_LABEL and not reads_right_to_left(label)
    name = _mid_sentence(plain_text(label)) if finer else _name(site, text(target, "organ"), label)
    name = f"progression or residual disease of {name}" if goes_on else name
    return f"possible {name}" if text(target, "certainty") == "possible" else name


def _name(site: str, organ: str, label: str) -> str:
    if site not in NO_SITE:
        return disease(site)
    label = _mid_sentence(plain_text(label))
    if organ in ORGANS or not label or reads_right_to_left(label):
        return ORGANS.get(organ, DISEASES[""])
    return cut(label, LONGEST_LABEL)


def _mid_sentence(label: str) -> str:
    """A label as it stands inside a sentence.

    >>> _mid_sentence("Melanoma of back"), _mid_sentence("Ewing sarcoma"), _mid_sentence("Personal history of X")
    ('melanoma of back', 'Ewing sarcoma', 'X')
    >>> _mid_sentence("Breast cancer or NSCLC"), _mid_sentence("Wilms tumour")
    ('breast cancer or NSCLC', 'Wilms tumour')
    """
    return " or ".join(map(_one_mid_sentence, label.split(" or ")))


def _one_mid_sentence(label: str) -> str:
    if label.lower().startswith(_HISTORY):
        label = label[len(_HISTORY) :]
    first, second, *_ = (*label.split(" "), "")
    common = first in _COMMON_WORDS or (second in _KINDS and first[1:].islower() and first not in _NAMED_AFTER)
    return label[:1].lower() + label[1:] if common else label
