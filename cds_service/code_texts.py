"""Texts of coded elements, made from the anatomy tables: a closed list, read with low confidence."""

import re
from collections import defaultdict
from collections.abc import Iterable

from clinical_rules.anatomy import Anatomy, vertebrae

_TAG = re.compile(r"\s*\([^)]*\)\Z")
_LEADING = re.compile(r"\A(?:bone )?structure of ", re.IGNORECASE)
_ADJECTIVES = ("al", "ar", "ic", "ine")
_SNOMED = "SNOMED CT"


PLAIN_DIAGNOSES = {
    "rectal cancer": "C20", "cancer of the rectum": "C20", "local recurrence of rectal cancer": "314966008",
    "anal cancer": "C21.0", "nasopharyngeal cancer": "C11", "laryngeal cancer": "C32", "tonsil cancer": "C09",
    "salivary gland cancer": "C08", "parotid cancer": "C07", "glioblastoma": "C71", "lung cancer": "C34",
    "breast cancer": "C50", "prostate cancer": "C61", "cervical cancer": "C53", "endometrial cancer": "C54.1",
    "uterine cancer": "C55", "bladder cancer": "C67", "kidney cancer": "C64", "pancreatic cancer": "C25",
    "oesophageal cancer": "C15", "esophageal cancer": "C15", "colon cancer": "C18", "melanoma": "C43",
    "brain metastasis": "C79.31", "brain metastases": "C79.31", "bone metastasis": "C79.51",
    "bone metastases": "C79.51", "liver metastasis": "C78.7", "liver metastases": "C78.7",
    "lung metastasis": "C78.0", "lung metastases": "C78.0",
}  # fmt: skip
"""Plain names of cancers, as problem lists have them where an entry carries no code that we know."""


def site_label(display: str) -> str:
    """What a card prints for a place: the display without the words that only a terminology needs.

    >>> site_label("Brain stem structure")
    'brain stem'
    >>> site_label("Bone structure of T10")
    'T10'
    >>> site_label("Hippocampal structure")
    'hippocampal structure'
    """
    short = _LEADING.sub("", _TAG.sub("", display)).replace(" structure of ", " of ")
    bare = short.removesuffix(" structure")
    label = short if bare.endswith(_ADJECTIVES) else bare
    return label if not label[1:2].islower() else label[0].lower() + label[1:]


def site_texts(anatomy: Anatomy) -> dict[str, str]:
    """Texts for places: displays and labels for their code, vertebrae by name, and plain words for regions."""
    named = ((text, row.code) for row in anatomy.sites for text in (row.display, site_label(row.display)))
    levels = ((row.subsite, row.code) for row in anatomy.sites if row.subsite and vertebrae(row.subsite))
    regions = {id_.replace("-", " "): id_ for id_, region in anatomy.regions.items() if region.kind != "unknown"}
    return {**_first(levels), **_unambiguous(named), **regions, **anatomy.groups.site_texts}


def diagnosis_texts(anatomy: Anatomy) -> dict[str, str]:
    """Texts for diagnoses: plain names, and the display of each SNOMED CT disorder of the tables for its code."""
    displays = ((row.note, row.code) for row in anatomy.diagnoses if row.system == _SNOMED and row.note)
    return {**PLAIN_DIAGNOSES, **_unambiguous(displays)}


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Text to code, without the texts that stand for several codes."""
    meanings: dict[str, set[str]] = defaultdict(set)
    for text, code in pairs:
        meanings[_plain(text)].add(code)
    return {text: next(iter(codes)) for text, codes in meanings.items() if len(codes) == 1}


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Text to the first code in order: codes of one vertebra mean the same place."""
    found: dict[str, str] = {}
    for text, code in sorted(pairs):
        found.setdefault(_plain(text), code)
    return found


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
