"""What may happen on Discord, drawn at random: a story of tests/core/happenings.py, and what
becomes of the connection meanwhile."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.core.happenings import Said, Story, stories

LINES = (*("",) * 16, "replay", "replay", "cut", "once more", "refused", "forgotten", "back")
"""What becomes of the connection after each step. It is cut, and when it is back the session goes
on ("cut"; "once more": at the second asking), or it does not, and a new one begins."""
EXTRAS = (*("",) * 4, "side", "bulk", "bulk", "clear")
"""What only Discord has: a button is pressed, many messages are deleted at once, and so are the
reactions to one."""


@dataclass(frozen=True)
class Days:
    """A story, and what else happens after each step of it, and at its end."""

    story: Story
    lines: tuple[str, ...]
    extras: tuple[tuple[str, int, int], ...]


@st.composite
def days(draw: st.DrawFn) -> Days:
    drawn = draw(stories())
    # Discord has replies by reference, so nobody is answered by a mention alone.
    happened = tuple(replace(w, naming=False) if isinstance(w, Said) else w for w in drawn.happened)
    story = replace(drawn, happened=happened)
    many = len(happened)
    lines = draw(st.lists(st.sampled_from(LINES), min_size=many, max_size=many))
    small = st.integers(0, 11)
    extra = st.tuples(st.sampled_from(EXTRAS), small, small)
    extras = draw(st.lists(extra, min_size=many + 1, max_size=many + 1))
    return Days(story, tuple(lines), tuple(extras))
