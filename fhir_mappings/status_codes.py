"""Values of disease status: mCODE 4.0.0, CodeX Radiation Therapy 2.0.0, MII oncology, NZ and ICHOM recurrence types."""

from collections.abc import Mapping
from typing import NamedTuple

from clinical_rules.facts import StatusPattern, StatusValue
from fhir_mappings.code_table import SCT


class Meaning(NamedTuple):
    """What a value says, and of which part."""

    value: StatusValue
    pattern: StatusPattern | None = None


VALUES: Mapping[tuple[str, str], Meaning] = {
    (SCT, "268910001"): Meaning("improved"),
    (SCT, "359746009"): Meaning("stable"),
    (SCT, "271299001"): Meaning("worsened"),
    (SCT, "419835002"): Meaning("worsened"),  # tumour progression, German follow-up
    (SCT, "709137006"): Meaning("undetermined"),
    (SCT, "550991000124107"): Meaning("remission"),
    (SCT, "551001000124108"): Meaning("improved"),  # partial remission: tumour is left
    (SCT, "103338009"): Meaning("remission"),
    (SCT, "103337004"): Meaning("improved"),  # in partial remission
    (SCT, "399409002"): Meaning("worsened", "distant"),  # distant metastasis present
    (SCT, "1259237005"): Meaning("recurrence"),
}
QUALIFIERS: Mapping[str, StatusPattern] = {
    "255470001": "local", "263820005": "regional", "261007001": "distant", "80534008": "biochemical",
    "63161005": "local",  # principal: the primary tumour
    "410674003": "regional",
}  # fmt: skip
RECURRENCE_TYPES: Mapping[str, Meaning] = {
    "340731000210102": Meaning("recurrence", "local"), "340741000210105": Meaning("recurrence", "regional"),
    "340751000210108": Meaning("recurrence", "distant"), "340761000210106": Meaning("recurrence", "systemic"),
    "local-recurrence": Meaning("recurrence", "local"), "regional-recurrence": Meaning("recurrence", "regional"),
    "distant-recurrence": Meaning("recurrence", "distant"),
}  # fmt: skip
GERMAN_PARTS: Mapping[tuple[str, str], Meaning] = {
    ("gesamtbeurteilung", "Y"): Meaning("recurrence"), ("gesamtbeurteilung", "P"): Meaning("worsened"),
    ("gesamtbeurteilung", "V"): Meaning("remission"), ("gesamtbeurteilung", "T"): Meaning("improved"),
    ("gesamtbeurteilung", "K"): Meaning("stable"), ("gesamtbeurteilung", "B"): Meaning("improved"),
    ("gesamtbeurteilung", "R"): Meaning("remission"),
    ("gesamtbeurteilung", "D"): Meaning("worsened"), ("gesamtbeurteilung", "U"): Meaning("undetermined"),
    ("gesamtbeurteilung", "X"): Meaning("undetermined"),
    ("primaertumor", "R"): Meaning("recurrence", "local"), ("primaertumor", "P"): Meaning("worsened", "local"),
    ("primaertumor", "T"): Meaning("residual", "local"),
    ("lymphknoten", "R"): Meaning("recurrence", "regional"), ("lymphknoten", "P"): Meaning("worsened", "regional"),
    ("lymphknoten", "T"): Meaning("residual", "regional"),
    ("fernmetastasen", "R"): Meaning("recurrence", "distant"), ("fernmetastasen", "P"): Meaning("worsened", "distant"),
    ("fernmetastasen", "T"): Meaning("residual", "distant"),
}  # fmt: skip
"""German follow-up by code system and code.

Of the overall assessment T is partial remission and R complete remission with residual findings; of a part T is
rest of tumour and R its return.
"""

HISTORY_OF_METASTASIS = frozenset({"1287652008"})
IMAGING_EVIDENCE = frozenset({"363679005"})  # imaging
RANK: tuple[StatusValue, ...] = (
    "recurrence", "worsened", "residual", "stable", "improved", "remission", "undetermined",
)  # fmt: skip
"""Which value an Observation has that states several: the gravest."""
