"""What can have made a student's figures others since a report was handed out: a cause says what
happened, and which figures it can have changed. What happened to messages is gathered in
causes_of_messages.py, what staff and students did in causes_of_acts.py."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.core import report_columns
from bot.core.cards import Spans, spans
from storage.ids import EntryId, MemberId

Whose = tuple[MemberId | None, EntryId | None]

FIGURES = frozenset(
    column.name for column in (*report_columns.STUDENTS[2:], *report_columns.POINTS)
)
ALLOWED = frozenset({"excused", "extended"})
PLACE = frozenset({"section", "left"})
SIDES = frozenset({"sides", "side_changes"})
RECEIVED = frozenset({"replies_received", "answered_by"})
POSSIBLE = frozenset({"discussions_open", "points_possible"})
ROW = frozenset({"row"})
"""That a report has a row of them at all."""
POINTS = frozenset({"points", "points_possible"})
PACK = frozenset({"facts_cited", "facts", "links", "sources_linked", "points"})
WRITTEN = FIGURES - ALLOWED - PLACE - SIDES - RECEIVED - {
    "reactions_given", "reactions_received", "points_possible",
}  # fmt: skip
"""What one's own message can change by being there."""
STANDING = WRITTEN | RECEIVED | {"reactions_received"}
"""…and by being gone, or found, with what others made of it."""
WORDING = frozenset({
    "words", "words_raw", "characters", "attachments", "facts_cited", "facts", "links",
    "sources_linked", "peers_named", "points",
})  # fmt: skip
"""What other words of it can."""
ANSWERING = frozenset({"posts", "replies", "replies_inferred", "peers_root", "points"})
"""What it is told by whom a message answers; other words of it can where it goes by mentions."""
CLASSMATES = ANSWERING | RECEIVED | {
    "peers_thread", "peers_named", "reactions_given", "reactions_received",
}  # fmt: skip

OTHERWISE = spans(
    "nothing was noted that would say: the pack may have been edited, or an edit, a deletion or a"
    " reaction of before became known only since"
)


@dataclass(frozen=True, slots=True)
class Cause:
    """`said` tells what happened, and when. `surely`: it is about this student; else it is named
    only of figures that nothing of their own explains."""

    said: Spans
    figures: frozenset[str]
    surely: bool = True


@dataclass(slots=True)
class Causes:
    """All that happened in a course since: to single students, and to everybody."""

    own: Mapping[Whose, list[Cause]] = field(default_factory=lambda: defaultdict(list))
    of_all: list[Cause] = field(default_factory=list)

    def add(self, whose: int | None, said: Spans, figures: frozenset[str]) -> None:
        """Of one member."""
        if whose is not None:
            self.own[MemberId(whose), None].append(Cause(said, figures))

    def perhaps(self, said: Spans, figures: frozenset[str]) -> None:
        """Of anybody."""
        self.of_all.append(Cause(said, figures, surely=False))

    def why(self, whose: Whose, figures: Collection[str]) -> tuple[Cause, ...]:
        """What can have changed any of a student's figures; nothing where nobody knows."""
        own = self.own.get(whose, ())
        found = [one for one in (*own, *self.of_all) if not one.figures.isdisjoint(figures)]
        return tuple([one for one in found if one.surely] or found)
