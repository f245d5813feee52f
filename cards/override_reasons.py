"""Why a clinician may set a card aside: codes of the HL7 non-adherence reasons (CDS Hooks 3.0)."""

from cards.model import Coding

SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"

OVERRIDE_REASONS = tuple(
    Coding(system=SYSTEM, code=code, display=display)
    for code, display in (
        ("action-completed", "Recommended action was already completed"),
        ("indication-order-exists", "Patient has indication/order for intended action"),
        ("patient-ineligible", "Patient does not meet eligibility for recommended action"),
        ("risk-benefit-ratio", "Recipient assessment of risk/benefit ratio"),
        ("mitigate-risk-negative-outcome", "Action taken to mitigate risk of negative outcome"),
        ("expert-contradicts", "Advice from expert contradicts the recommended action"),
        ("policy-contradicts", "Institutional policy/guideline contradicts the recommended action"),
        (
            "need-more-info",
            "Could not address recommended action due to need for more information/pending results/pending consult",
        ),
        ("does-not-align-preferences", "Recommendation does not align with patient preferences or values"),
        ("inappropriate-recipient", "PC CDS delivered to inappropriate recipient/role"),
    )
)
