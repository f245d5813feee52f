"""read_facts(): what a call brought -> PatientFacts, in an order that does not depend on that of the records."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from clinical_rules.facts import (
    CancerDiagnosis,
    DataProblem,
    DiseaseStatus,
    PatientFacts,
    RadiotherapyHistory,
    TumourSize,
)
from fhir_mappings.code_table import CodeTable
from fhir_mappings.conditions import read_condition
from fhir_mappings.courses import assemble
from fhir_mappings.disease_status import read_disease_status
from fhir_mappings.events import read_events
from fhir_mappings.genomics import read_genomic_results
from fhir_mappings.history import read_history
from fhir_mappings.medications import read_drug_order, read_medication, read_systemic_procedure
from fhir_mappings.orders import assemble_orders
from fhir_mappings.patients import read_patient
from fhir_mappings.prefetch import Prefetch, Selected
from fhir_mappings.radiotherapy import read_dose_observation, read_order, read_procedure
from fhir_mappings.radiotherapy_record import RadiotherapyRecord
from fhir_mappings.roles import parts_of
from fhir_mappings.select import Selection, select
from fhir_mappings.stages import read_stage, read_stages_of_condition
from fhir_mappings.tumour_markers import read_tumour_marker
from fhir_mappings.tumour_sizes import read_tumour_size


class _Referenced(Protocol):
    @property
    def reference(self) -> str: ...


Fact = TypeVar("Fact", bound=_Referenced)


def read_facts(prefetch: Prefetch, codes: CodeTable) -> PatientFacts:
    """All that the rules may know of the patient; what could not be read or used is among its problems."""
    selection = select(prefetch, codes)
    quiet = not (selection.chosen or selection.problems)
    patient, of_patient = read_patient(prefetch, strictly=not quiet)
    problems = [*prefetch.problems, *selection.problems, *of_patient]
    facts = PatientFacts(patient, availability=selection.availability, problems=_sorted_problems(problems))
    if not selection.chosen:
        return facts
    facts = _with_disease(facts, selection, codes, problems)
    facts = _with_care(facts, selection, codes, prefetch.selections)
    facts = _with_radiotherapy(facts, selection, codes, prefetch.selections, problems)
    return replace(facts, problems=_sorted_problems(problems))


def _with_disease(
    facts: PatientFacts, selection: Selection, codes: CodeTable, problems: list[DataProblem]
) -> PatientFacts:
    resources = selection.resources
    conditions = [read_condition(entry, resources, codes) for entry in _of(selection, "Condition")]
    problems += [found for found in conditions if isinstance(found, DataProblem)]
    diagnoses = [found for found in conditions if isinstance(found, CancerDiagnosis)]
    cancers = {diagnosis.reference for diagnosis in diagnoses}
    carriers = (entry for entry in _of(selection, "Condition") if entry.reference in cancers)
    of_conditions = [stage for entry in carriers for stage in read_stages_of_condition(entry)]
    observations = _of(selection, "Observation")
    playing = _by_role(observations, codes)
    sizes = [read_tumour_size(entry, resources, codes) for entry in playing["tumour-size"]]
    problems += [found for found in sizes if isinstance(found, DataProblem)]
    statuses: list[DiseaseStatus | None] = [read_disease_status(each, resources, codes) for each in observations]
    return replace(
        facts,
        diagnoses=_sorted(diagnoses),
        statuses=_sorted(statuses),
        stages=_sorted([*(read_stage(entry, resources, codes) for entry in playing["stage"]), *of_conditions]),
        markers=_sorted(read_tumour_marker(entry, codes) for entry in playing["tumour-marker"]),
        sizes=_sorted(found for found in sizes if isinstance(found, TumourSize)),
    )


def _with_care(
    facts: PatientFacts, selection: Selection, codes: CodeTable, selections: tuple[str, ...] | None
) -> PatientFacts:
    resources, chosen = selection.resources, selection.chosen
    requests = _of(selection, "MedicationRequest")
    drugs = [read_medication(each, resources, codes) for each in requests]
    drugs += [read_systemic_procedure(entry, codes) for entry in _of(selection, "Procedure")]
    tests = _of(selection, "Observation", "DiagnosticReport")
    read_as_history = _of(selection, "Condition", "Observation", "Procedure")
    history: list[RadiotherapyHistory | None] = [read_history(entry, codes) for entry in read_as_history]
    return replace(
        facts,
        systemic=_sorted(drugs),
        drug_orders=_sorted(read_drug_order(each, resources, codes, selections) for each in requests),
        history=_sorted(history),
        genomics=_sorted(found for entry in tests for found in read_genomic_results(entry, codes)),
        events=_sorted(found for entry in chosen for found in read_events(entry, resources, codes)),
    )


def _with_radiotherapy(
    facts: PatientFacts,
    selection: Selection,
    codes: CodeTable,
    selections: tuple[str, ...] | None,
    problems: list[DataProblem],
) -> PatientFacts:
    records = [record for entry in selection.resources.entries if (record := _record(entry, selection, codes))]
    problems += [problem for record in records for problem in record.problems]
    courses, of_courses = assemble(records, codes)
    orders, of_orders = assemble_orders(records, selections, codes)
    problems += [*of_courses, *of_orders]
    return replace(facts, courses=courses, orders=orders)


def _record(entry: Selected, selection: Selection, codes: CodeTable) -> RadiotherapyRecord | None:
    """What an entry says of radiotherapy; entries that others only refer to are asked too."""
    if entry.resource_type == "Procedure":
        return read_procedure(entry, selection.resources, codes)
    if entry.resource_type == "ServiceRequest":
        return read_order(entry, selection.resources, codes)
    return read_dose_observation(entry, selection.resources, codes) if entry.resource_type == "Observation" else None


def _of(selection: Selection, *kinds: str) -> list[Selected]:
    return [entry for entry in selection.chosen if entry.resource_type in kinds]


def _by_role(entries: Iterable[Selected], codes: CodeTable) -> Mapping[str, list[Selected]]:
    """The entries under each role that their code or its text plays: no other reader needs to ask them."""
    playing: dict[str, list[Selected]] = defaultdict(list)
    for entry in entries:
        played = parts_of(entry.resource.get("code"), entry.resource_type, codes)
        for role in {part.role for part in (*played.by_code, *played.by_text)}:
            playing[role].append(entry)
    return playing


def _sorted(found: Iterable[Fact | None]) -> tuple[Fact, ...]:
    facts = [fact for fact in found if fact is not None]
    if len(facts) < 2:
        return tuple(facts)
    facts.sort(key=lambda fact: fact.reference)
    if len({fact.reference for fact in facts}) < len(facts):  # what decides between several of one resource is dear
        facts.sort(key=lambda fact: (fact.reference, repr(fact)))
    return tuple(facts)


def _sorted_problems(problems: Iterable[DataProblem]) -> tuple[DataProblem, ...]:
    """Each problem once."""
    unique = {repr(problem): problem for problem in problems}
    return tuple(unique[key] for key in sorted(unique))
