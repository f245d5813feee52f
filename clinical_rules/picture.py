"""The tumours that are present now, as the recurrence rules see them; the re-irradiation rules start from them."""

from dataclasses import dataclass
from typing import Literal

from clinical_rules.facts import BodySite, PartialDate

Certainty = Literal["documented", "probable", "possible"]
Pattern = Literal["local", "regional", "locoregional", "distant", "mixed", "biochemical", "unknown"]
TumourKind = Literal["recurrence", "second-primary", "other"]
SpreadPart = Literal["local", "regional", "distant", "biochemical"]


@dataclass(frozen=True, slots=True)
class TumourSign:
    """One thing on file by which a present tumour was recognised, with how sure it makes it.

    `words` says it in plain words; `parts` is where it shows the tumour (empty: not stated); `recorded` when
    it came on record; `by_code` is False for a status, stage or marker, True for a diagnosis of its own.
    """

    reference: str
    certainty: Certainty
    words: str
    parts: tuple[SpreadPart, ...] = ()
    date: PartialDate | None = None
    recorded: PartialDate | None = None
    metastatic_site: str | None = None
    sites: tuple[BodySite, ...] = ()
    just_added: bool = False
    by_code: bool = False


@dataclass(frozen=True, slots=True)
class PresentTumour:
    """A tumour that is there now: a recurrence, a second primary, or another present malignancy.

    `site` is the site of its primary (product.md 3.3); `sites` where it lies; `courses` the references of
    the radiotherapy courses that are earlier than it; `date` when it came back or began.
    """

    reference: str
    references: tuple[str, ...]
    kind: TumourKind
    site: str
    sites: tuple[BodySite, ...]
    certainty: Certainty
    courses: tuple[str, ...]
    date: PartialDate | None = None
    just_added: bool = False
    label: str = ""
    signs: tuple[TumourSign, ...] = ()
    pattern: Pattern = "unknown"
    metastatic_sites: tuple[str, ...] = ()
    treatment_end: PartialDate | None = None
    earlier_site: str | None = None
    contradictions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    organ: str | None = None  # a finer name than the site: a region, or the kind of blood cancer
    earlier_organ: str | None = None
    earlier_label: str = ""
    differs_by: str = ""


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What a site may set for the rules; defaults are those of product.md section 5."""

    imaging_window_days: int = 56
    organ_function_window_days: int = 28
    recovery_scheme: str = "none"
    disabled_rules: tuple[str, ...] = ()
    enabled_rules: tuple[str, ...] = ()  # of those that ship off
