"""Who had written earlier where each student wrote: in the same thread of a discussion, or, in an
archive, further up a chain of replies. Sets of people are the bits of whole numbers."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import itemgetter, or_

from bot.core.talk import Talk
from storage.counting import Line
from storage.rows import IN_CHAIN, IN_THREAD, THROUGH

Thread = tuple[int, str | None]  # channel and thread

THREAD = itemgetter(7, 8)
_CHANNEL, _THREAD = itemgetter(7), itemgetter(8)
_OUTSIDE = (IN_CHAIN, THROUGH)


def chorus_of(talk: Talk, place: Callable[[int], int]) -> "Chorus":
    """To be told who wrote what in a discussion; `place` is a member's."""
    if talk.archived:
        return Archived(talk, place)
    # One by one: a pair for each of a million messages takes longer.
    one_thread = all(len(set(map(part, talk.counted))) == 1 for part in (_CHANNEL, _THREAD))
    return Chorus(one_thread)


class Chorus:
    """Who had written in a discussion's threads before somebody's last message there."""

    def __init__(self, one_thread: bool) -> None:
        self._one = one_thread
        self._begun: dict[Thread, list[tuple[int, int, int]]] = defaultdict(list)
        self._ended: dict[Thread, list[tuple[int, int, int]]] = defaultdict(list)

    def begin(self, lines: Sequence[Line], place: int) -> None:
        for line in lines[:1] if self._one else _one_in_each(reversed(lines)):
            self._begun[line[7], line[8]].append((line[1], line[2], place))

    def end(self, lines: Sequence[Line], place: int) -> None:
        for line in lines[-1:] if self._one else _one_in_each(lines):
            self._ended[line[7], line[8]].append((line[1], line[2], place))

    def earlier(self) -> Iterator[tuple[int, int]]:
        """Place, and those who were earlier than it, as bits."""
        for thread, ends in self._ended.items():
            begun = sorted(self._begun[thread])
            before = [0, *accumulate((1 << place for _, _, place in begun), or_)]
            for at, id_, place in ends:
                yield place, before[bisect_left(begun, (at, id_, -1))]


def _one_in_each(lines: Iterable[Line]) -> Iterable[Line]:
    """The last one that each thread has."""
    return {THREAD(line): line for line in lines}.values()


class Archived(Chorus):
    """The same of an archive: a message at the top has nobody before it, and a reply outside
    threads those whom the chain of references leads up to."""

    def __init__(self, talk: Talk, place: Callable[[int], int]) -> None:
        super().__init__(one_thread=False)
        self._lines = {line[2]: line for line in talk.counted}
        self._beyond = talk.beyond
        self._place = place
        self._chained: list[tuple[Line, int]] = []
        self._above: dict[int, int] = {}  # who wrote a message and what it goes back to, as bits

    def begin(self, lines: Sequence[Line], place: int) -> None:
        super().begin([line for line in lines if line[8] is not None], place)

    def end(self, lines: Sequence[Line], place: int) -> None:
        super().end([line for line in lines if line[4] == IN_THREAD], place)
        self._chained += [(line, place) for line in lines if line[4] in _OUTSIDE]

    def earlier(self) -> Iterator[tuple[int, int]]:
        yield from super().earlier()
        for line, place in self._chained:
            yield place, self._up(line[3])

    def _up(self, parent: int | None) -> int:
        """Whom the chain of references leads up to, as bits."""
        path: list[tuple[int, int]] = []
        while parent is not None and parent not in self._above:
            self._above[parent] = 0  # so that a chain that bites its tail ends
            said = self._said(parent)
            if said is None:
                break
            path.append((parent, said[0]))
            parent = said[1]
        bits = 0 if parent is None else self._above[parent]
        for id_, wrote in reversed(path):
            self._above[id_] = bits = bits | wrote
        return bits

    def _said(self, id_: int) -> tuple[int, int | None] | None:
        """Who wrote a message, as a bit, or 0 where it does not count; and what it answers."""
        if (line := self._lines.get(id_)) is not None:
            return 1 << self._place(line[0]), line[3]
        if (other := self._beyond.get(id_)) is not None:
            return 1 << self._place(other.member) if other.counts else 0, other.parent
        return None
