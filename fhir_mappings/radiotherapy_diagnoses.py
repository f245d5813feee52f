"""What an ICD or SNOMED CT diagnosis code says of a place and a site, by the code table."""

from clinical_rules.facts import UNSPECIFIED, BodySite
from fhir_mappings.code_table import CodeTable, DiagnosisCode


def diagnosis_of(system: str, code: str, codes: CodeTable) -> DiagnosisCode | None:
    """The meaning of one diagnosis code: exact, else by its longest known ICD prefix; systems never mix."""
    exact = codes.diagnoses.get((system, code))
    prefixes = codes.icd_prefixes.get(system)
    if exact is not None or prefixes is None:
        return exact
    dotted = code.upper() if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}".upper()
    for length in range(len(dotted), 0, -1):
        if found := prefixes.get(dotted[:length]):
            return found
    return None


def by_icd(system: str, code: str, codes: CodeTable) -> BodySite | None:
    """The place of an ICD code that stands where a place is coded (ICD-O topography)."""
    found = diagnosis_of(system, code, codes) if system in codes.icd_prefixes else None
    return None if found is None else body_site_of(found, system, code)


def body_site_of(found: DiagnosisCode, system: str, code: str) -> BodySite | None:
    """The place a diagnosis names, as far as its code tells; None where it names no region."""
    if found.region in ("", UNSPECIFIED):
        return None
    return BodySite(found.region, found.subsite or found.region, subsite=found.subsite, code=code, system=system)
