"""What an option asks, and what is not known of it, in plain words."""

from dataclasses import replace

import pytest
from option_questions import CONDITION, KNOWLEDGE, LOCAL, asking_of, tumour

from clinical_rules.facts import Patient, PatientFacts, SystemicTherapy
from clinical_rules.options.listed import listed
from clinical_rules.options.names import asked, supposed


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"fact": "histology", "any": ["squamous", "small-cell"]}, "squamous or small-cell histology"),
        (
            {"fact": "organs", "only": ["liver"], "at_most": 1},
            "metastases only in liver, 1 organ with metastases at most",
        ),
        ({"fact": "organs", "at_least": 2}, "2 organs with metastases or more"),
        ({"fact": "lesions", "at_most": 1}, "number of lesions"),
        ({"fact": "sins", "at_least": 7}, "SINS"),
        ({"fact": "performance-status", "at_most": 0}, "ECOG"),
        ({"fact": "biomarker", "name": "MSI", "kind": "instability", "outcome": "positive"}, "MSI positive"),
        ({"fact": "biomarker", "name": "RAS", "kind": "mutation", "outcome": "negative"}, "RAS wild type"),
        ({"fact": "biomarker", "name": "HER2", "kind": "protein", "outcome": "negative"}, "HER2 protein negative"),
        ({"fact": "nodes", "any": ["C77.5"]}, "nodes of the pelvis"),
        ({"fact": "metastatic-site", "any": ["bone-metastasis"]}, "bone metastasis"),
    ],
)
def test_what_is_asked_is_put_into_plain_words(condition, words):
    assert asked(CONDITION.validate_python(condition)) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [({"fact": "sins", "at_least": 7}, "SINS 7 or more"), ({"fact": "irradiated"}, "irradiated before")],
)
def test_a_caution_that_may_hold_is_told_as_a_supposition(condition, words):
    assert supposed(CONDITION.validate_python(condition)) == words


def test_what_is_not_known_of_a_class_of_drugs_is_silent_and_of_an_irradiated_region_told():
    held = next(each for each in KNOWLEDGE.options if each.option.id == "nasopharynx-chemoradiation")
    facts = PatientFacts(Patient("Patient/1"))
    found = listed(held, asking_of(facts, tumour(LOCAL)))
    assert found is not None
    assert found.cautions == ("if irradiated before: risk of severe harm to brain, cord, large vessels",)
    cisplatin = (SystemicTherapy("MedicationRequest/1", "cisplatin", "completed"),)
    given = replace(facts, systemic=cisplatin)
    told_again = listed(held, asking_of(given, tumour(LOCAL)))
    assert told_again is not None
    assert told_again.cautions[1:] == ("check kidneys, hearing and nerves before platinum again",)
