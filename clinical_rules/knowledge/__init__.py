"""The knowledge: dated, cited numbers, code lists and anatomy tables, as files; read, checked and frozen here."""

from clinical_rules.knowledge.cited import ComparisonInForce, SchemeInForce
from clinical_rules.knowledge.in_force import KnowledgeOn, LimitInForce
from clinical_rules.knowledge.loading import Knowledge, load_knowledge

__all__ = ["ComparisonInForce", "Knowledge", "KnowledgeOn", "LimitInForce", "SchemeInForce", "load_knowledge"]
