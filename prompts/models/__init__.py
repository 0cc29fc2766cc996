"""What a pack holds: sources, facts with their citations, subjects, and prompts.

Everything is frozen. `line` is where a thing stands in its file, for messages; it plays no part
in whether two things are equal.
"""

from prompts.models.facts import FACT_ID, Cell, Citation, Dimension, Fact, Subject
from prompts.models.pack import (
    CHECKED_FILE,
    FACTS_FILE,
    PACK_FILE,
    PROMPTS_FOLDER,
    SOURCES_FILE,
    SUBJECTS_FILE,
    Pack,
)
from prompts.models.prompts import (
    After,
    Condition,
    FollowUp,
    Prompt,
    PromptKind,
    Replies,
    Side,
    Silence,
)
from prompts.models.sources import Locator, Name, Omission, Source, SourceKind, Stretch

__all__ = [
    "CHECKED_FILE",
    "FACTS_FILE",
    "FACT_ID",
    "PACK_FILE",
    "PROMPTS_FOLDER",
    "SOURCES_FILE",
    "SUBJECTS_FILE",
    "After",
    "Cell",
    "Citation",
    "Condition",
    "Dimension",
    "Fact",
    "FollowUp",
    "Locator",
    "Name",
    "Omission",
    "Pack",
    "Prompt",
    "PromptKind",
    "Replies",
    "Side",
    "Silence",
    "Source",
    "SourceKind",
    "Stretch",
    "Subject",
]
