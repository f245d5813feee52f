"""Billing and hospital procedure codes of radiotherapy: CPT, HCPCS, ICD-10-PCS, German OPS.

Both eras of CPT: 77385, 77386 and the delivery G codes were deleted at the end of 2025 and live on in
older records. `verified` is False for codes that were not read in a published code list.
"""

import re
from dataclasses import dataclass

from clinical_rules.facts import Modality
from fhir_mappings.rt_codes import CPT, HCPCS, ICD10PCS, OPS

M = Modality


@dataclass(frozen=True, slots=True)
class BillingCode:
    """A code that stands for treatment given: its modalities, technique, and whether it was read in a source."""

    modalities: tuple[Modality, ...] = (M.EXTERNAL_BEAM,)
    technique: str | None = None
    verified: bool = True


_CPT: dict[str, BillingCode] = {
    **dict.fromkeys(("77402", "77407", "77412"), BillingCode()),
    **dict.fromkeys(("77385", "77386"), BillingCode(technique="IMRT")),
    **dict.fromkeys(("77371", "77372"), BillingCode(technique="radiosurgery")),
    **dict.fromkeys(("77373", "77435"), BillingCode(technique="stereotactic")),
    **dict.fromkeys(("77424", "77425"), BillingCode((M.INTRA_OPERATIVE,), "intra-operative")),
    "77432": BillingCode(technique="radiosurgery", verified=False),
    "77469": BillingCode((M.INTRA_OPERATIVE,), "intra-operative", verified=False),
    "77401": BillingCode((M.PHOTON,), verified=False),
    "77423": BillingCode((M.NEUTRON,), verified=False),
    "77418": BillingCode(technique="IMRT", verified=False),
    **dict.fromkeys(
        ("77403", "77404", "77406", "77408", "77409", "77411", "77413", "77414", "77416", "77427", "77431", "77470"),
        BillingCode(verified=False),
    ),
    **dict.fromkeys(("77520", "77522", "77523", "77525"), BillingCode((M.PROTON,), verified=False)),
    **dict.fromkeys(
        ("77761", "77762", "77763", "77767", "77768", "77770", "77771", "77772", "77778",
         "77776", "77777", "77785", "77786", "77787", "77750", "77789", "0394T", "0395T", "0182T"),
        BillingCode((M.BRACHYTHERAPY,), verified=False)),
    **dict.fromkeys(("61796", "61797", "61798", "61799", "63620", "63621"),
                    BillingCode(technique="radiosurgery", verified=False)),
    **dict.fromkeys(("79005", "79101", "79403", "79445"),
                    BillingCode((M.RADIONUCLIDE,), verified=False)),
}  # fmt: skip
_HCPCS: dict[str, BillingCode] = {
    **dict.fromkeys(("G6015", "G6016"), BillingCode(technique="IMRT")),
    **{f"G60{number:02}": BillingCode(verified=False) for number in range(3, 15)},
    **dict.fromkeys(("G0173", "G0251", "G0339", "G0340"), BillingCode(technique="stereotactic", verified=False)),
    **dict.fromkeys(("A9607", "C2616", "S2095"), BillingCode((M.RADIONUCLIDE,), verified=False)),
}
_OPS = {
    **dict.fromkeys(("8-520", "8-521", "8-522", "8-523"), M.EXTERNAL_BEAM),
    **dict.fromkeys(("8-524", "8-525"), M.BRACHYTHERAPY),
    "8-52a": M.PROTON, "8-52b": M.CARBON, "8-52d": M.INTRA_OPERATIVE, "8-53": M.RADIONUCLIDE,
}  # fmt: skip
_NOT_TREATMENT = re.compile(r"77(?:014|387|26[1-3]|2[89]\d|3[0-6]\d|370|399)|G600[12]|G6017|992\d\d")
_PCS = re.compile(r"D[0-9A-Z]([012Y])[0-9A-Z]([0-9A-Z])[0-9A-Z]([0-9A-Z])")
_PCS_BEAM = {**dict.fromkeys("012", M.PHOTON), "3": M.ELECTRON, "4": M.UNKNOWN, "5": M.NEUTRON, "6": M.NEUTRON_CAPTURE}
_PCS_STEREOTACTIC = {"D": M.PHOTON, "H": M.UNKNOWN, "J": M.PHOTON}
_PCS_OTHER = {"7": M.PHOTON, "C": M.INTRA_OPERATIVE, "F": M.BRACHYTHERAPY, "G": M.RADIONUCLIDE}


def billing_code(system: str, code: str) -> BillingCode | None:
    """What a billing code says of treatment given; None where it is none, or says planning or imaging only."""
    if system in (CPT, HCPCS):
        return _CPT.get(code) or _HCPCS.get(code)
    if system == ICD10PCS:
        return _icd10_pcs(code)
    return _ops(code.lower()) if system == OPS else None


def is_not_treatment(system: str, code: str) -> bool:
    """True for codes of planning, simulation, physics, image guidance and consultation."""
    if system == OPS:
        return code.startswith(("8-527", "8-528", "8-529"))
    return system in (CPT, HCPCS) and _NOT_TREATMENT.fullmatch(code) is not None


def _icd10_pcs(code: str) -> BillingCode | None:
    """Section D: 3rd character the modality (0 beam, 1 brachytherapy, 2 stereotactic, Y other), 5th its qualifier."""
    match = _PCS.fullmatch(code.upper().replace(".", ""))
    if match is None:
        return None
    kind, qualifier, last = match.groups()
    if kind == "1":
        return BillingCode((M.BRACHYTHERAPY,))
    if kind == "2":
        return BillingCode((_PCS_STEREOTACTIC.get(qualifier, M.EXTERNAL_BEAM),), "radiosurgery")
    if kind == "Y":  # hyperthermia and laser are in this table too, and are no radiotherapy
        other = _PCS_OTHER.get(qualifier)
        return BillingCode((other,)) if other else None
    modality = _PCS_BEAM.get(qualifier, M.EXTERNAL_BEAM)
    return BillingCode((modality, M.INTRA_OPERATIVE) if qualifier == "3" and last == "0" else (modality,))


def _ops(code: str) -> BillingCode | None:
    """German procedure codes 8-52 (radiotherapy) and 8-53 (nuclear medicine), without simulation and planning."""
    if not code.startswith(("8-52", "8-53")) or is_not_treatment(OPS, code):
        return None
    found = (modality for prefix, modality in _OPS.items() if code.startswith(prefix))
    modality = next(found, None)
    return BillingCode(() if modality is None else (modality,))
