"""Findings become CDS Hooks cards: `compose` is the way in."""

from cards.compose import compose
from cards.extension import fingerprint
from cards.model import Card, CDSResponse
from cards.topics import code_system

__all__ = ["CDSResponse", "Card", "code_system", "compose", "fingerprint"]
