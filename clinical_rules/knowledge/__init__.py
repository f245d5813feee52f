"""The knowledge: dated, cited numbers, code lists and anatomy tables, as files; read, checked and frozen here."""

from clinical_rules.knowledge.in_force import KnowledgeOn, LimitInForce
from clinical_rules.knowledge.loading import Knowledge, load_knowledge

__all__ = ["Knowledge", "KnowledgeOn", "LimitInForce", "load_knowledge"]
