"""The learned model of who writes to whom, and of how people mistype.

``Correspondence`` learns ``Observation`` objects and answers the ``History`` protocol; ``channel`` holds
P(typed | meant); ``nearby`` finds names within two edits. An answer from an address, a confirmation by a person or a
directory builds trust; being written to again and again does not.
"""

from __future__ import annotations

from straymail.correspondence.history import DomainFacts, History, PairFacts, PersonFacts, Standing
from straymail.correspondence.model import Correspondence
from straymail.correspondence.observation import Observation, observation
from straymail.correspondence.rows import Row

__all__ = [
    "Correspondence",
    "DomainFacts",
    "History",
    "Observation",
    "PairFacts",
    "PersonFacts",
    "Row",
    "Standing",
    "observation",
]
