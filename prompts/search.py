"""Facts found however they are typed: SQLite's FTS5 in memory, with misspelled words corrected.

An index belongs to the thread that built it, as SQLite connections do: build it and ask it on
the event loop's thread. A search takes a fraction of a millisecond at a thousand facts.
"""

import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from prompts.dates import date_in_words
from prompts.models import FACT_ID, Fact, Pack

MAX_WORDS = 32
MAX_WORD = 64
# A choice in Discord's autocompletion holds 100 characters (Application Commands reference).
MAX_LABEL = 100
# The least likeness at which a word counts as a misspelling; measured on misspelled names.
LIKENESS = 0.85

_WORD = re.compile(r"[^\W_]+")
_FACT_ID = re.compile(rf"\b{FACT_ID.pattern}\b", re.ASCII | re.IGNORECASE)
# Words that every statement holds and that say nothing of what is asked.
_COMMON_WORDS = """
a about an and are as at be by did do does for from had has have he her his how i in is it its of
on or she so than that the their them they this to was were what when where which who why will
with would you your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_TABLES = """
CREATE VIRTUAL TABLE stems USING fts5(
    statement, topics, aliases, dates, title, tokenize = 'porter unicode61');
CREATE VIRTUAL TABLE words USING fts5(
    statement, topics, aliases, dates, title, tokenize = 'unicode61', prefix = '1 2 3');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'col');
"""
# A topic, an alias or a title that holds the word says more than a long statement that mentions it.
_SEARCH = """
SELECT rowid FROM stems WHERE stems MATCH ?
ORDER BY bm25(stems, 1.0, 2.0, 2.0, 1.0, 2.0), rowid LIMIT ?
"""
_COMPLETE = """
SELECT rowid FROM words WHERE words MATCH ?
ORDER BY bm25(words, 1.0, 2.0, 2.0, 1.0, 2.0), rowid LIMIT ?
"""
# One letter begins a word of nearly every fact, so that their rank would say nothing.
_COMPLETE_LETTER = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?"
_KNOWN = "SELECT rowid FROM stems WHERE stems MATCH ? LIMIT ?"


class FactIndex:
    """The facts of one pack, searchable by words, figures, dates, aliases and ids."""

    def __init__(self, pack: Pack) -> None:
        """Build the index once; a pack that was edited needs a new one."""
        self._pack = pack
        self._topics = {topic: _WORD.findall(_fold(topic)) for topic in pack.topics()}
        self._counts = Counter(
            topic for fact in pack.facts for topic in {topic.casefold() for topic in fact.topics}
        )
        self._database = sqlite3.connect(":memory:")
        self._database.executescript(_TABLES)
        rows = [_row(number, fact) for number, fact in enumerate(pack.facts)]
        for table in ("stems", "words"):
            self._database.executemany(
                f"INSERT INTO {table}(rowid, statement, topics, aliases, dates, title) "  # noqa: S608 - our own two
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        self._database.commit()
        # Corrections aim first at how the pack itself spells a word; an alias may be a slip
        # that the pack's author foresaw.
        self._spelled = _Spelling(self._vocabulary("statement", "topics", "title"))
        self._aliases = _Spelling(self._vocabulary("aliases"))

    def close(self) -> None:
        """Free the index; it cannot be asked again."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def search(self, text: str, limit: int = 10) -> list[Fact]:
        """The facts that hold any of the words, best first; none for a text without words.

        Facts named by id (F12, f12) come before all others. A word the pack doesn't spell so is
        looked for as typed and as the pack's nearest word. Any text is allowed; what comes after
        32 different words is passed over.
        """
        named = self._named(text)
        words = _words(_FACT_ID.sub(" ", text))
        phrases = [phrase for word in words for phrase in self._phrases(word)]
        found = self._ask(_SEARCH, " OR ".join(phrases), limit)
        return list(dict.fromkeys([*named, *found]))[: max(limit, 0)]

    def nearest_topics(self, text: str, limit: int = 5) -> list[str]:
        """The topics whose words look most like those of the text, for when nothing was found."""
        asked = _words(text)
        if not asked:
            return list(self._topics)[: max(limit, 0)]
        likeness = {
            topic: max(
                (JaroWinkler.similarity(word, own) for word in asked for own in words),
                default=0.0,
            )
            for topic, words in self._topics.items()
        }
        return sorted(self._topics, key=lambda topic: -likeness[topic])[: max(limit, 0)]

    def complete(self, typed: str, limit: int = 25) -> list[tuple[str, str]]:
        """What the typed beginning may become: what to search for, and a label to choose it by.

        Topics first, then facts by id, with their title where they have one. Labels are at most
        100 characters.
        """
        topics = self.complete_topics(typed, limit)
        named = self._begun_ids(typed) or self._named(typed)
        words = _words(_FACT_ID.sub(" ", typed))
        begun = " ".join([*(f'"{word}"' for word in words[:-1]), *(f'"{w}"*' for w in words[-1:])])
        query = _COMPLETE_LETTER if len("".join(words)) == 1 else _COMPLETE
        found = [*named, *self._ask(query, begun, limit)]
        if not topics and not found:
            found = self.search(typed, limit)
        facts = [(fact.id, label(fact)) for fact in found]
        return list(dict.fromkeys([*topics, *facts]))[: max(limit, 0)]

    def complete_topics(self, typed: str, limit: int = 25) -> list[tuple[str, str]]:
        """The topics in which each typed word begins a word; all of them for nothing typed."""
        asked = _WORD.findall(_fold(typed))[:MAX_WORDS]
        found = [
            topic
            for topic, words in self._topics.items()
            if all(any(own.startswith(word) for own in words) for word in asked)
            and (asked or not typed.strip())
        ]
        return [(topic, _label(self._with_count(topic))) for topic in found[: max(limit, 0)]]

    def _with_count(self, topic: str) -> str:
        count = self._counts[topic.casefold()]
        return f"{topic} ({count} fact{'' if count == 1 else 's'})"

    def _named(self, text: str) -> list[Fact]:
        found = []
        for fact_id in dict.fromkeys(match.upper() for match in _FACT_ID.findall(text)):
            try:
                found.append(self._pack.fact(fact_id))
            except KeyError:
                continue
        return found

    def _begun_ids(self, typed: str) -> list[Fact]:
        begun = typed.strip().upper()
        if not _FACT_ID.fullmatch(begun):
            return []
        return [fact for fact in self._pack.facts if fact.id.startswith(begun)]

    def _phrases(self, word: str) -> list[str]:
        """The word as typed and, where the pack doesn't spell it so, what it may stand for."""
        phrases = [f'"{word}"']
        # Figures are never corrected: 103 is not a misspelled 102.
        if len(word) < 4 or any(character.isdigit() for character in word):
            return phrases
        known = self._spelled.known
        if word in known or self._ask(_KNOWN, f'{{statement topics dates title}} : "{word}"', 1):
            return phrases
        halves = _halves(word, known)
        if halves:
            return [*phrases, " OR ".join(f'"{half}"' for half in halves)]
        return [*phrases, *(f'"{other}"' for other in self._corrections(word) if other != word)]

    def _corrections(self, word: str) -> list[str]:
        spelled, likeness = self._spelled.one_slip_away(word)
        alias, alias_likeness = self._aliases.one_slip_away(word)
        if not spelled:
            spelled, likeness = self._spelled.alike(word)
            alias, alias_likeness = self._aliases.alike(word)
        # A poorer match among the aliases would only bring in facts that are beside the point.
        found = [spelled, alias if alias_likeness > likeness else ""]
        return [other for other in found if other]

    def _ask(self, query: str, match: str, limit: int) -> list[Fact]:
        if not match or limit < 1:
            return []
        rows = self._database.execute(query, (match, limit))
        return [self._pack.facts[number] for (number,) in rows]

    def _vocabulary(self, *columns: str) -> tuple[str, ...]:
        rows = self._database.execute("SELECT term, col FROM vocabulary")
        # Sorted, so that of two words equally near the same one always wins.
        return tuple(sorted({term for term, column in rows if column in columns and len(term) > 2}))


class _Spelling:
    """Words, and which of them a misspelled one may stand for."""

    def __init__(self, words: Sequence[str]) -> None:
        """Of words equally near, the first one wins."""
        self.known = frozenset(words)
        self._words = words
        shortened = defaultdict(list)
        for word in words:
            for shorter in _shortened(word):
                shortened[shorter].append(word)
        self._shortened: Mapping[str, Sequence[str]] = dict(shortened)

    def one_slip_away(self, word: str) -> tuple[str, float]:
        """The most alike of the words that one letter more, less or other makes, or two letters
        in each other's place: most slips are of these kinds (Damerau 1964), and these words are
        found without looking at all of them."""
        near = [other for part in _shortened(word) for other in self._shortened.get(part, ())]
        return _nearest(word, sorted(set(near)))

    def alike(self, word: str) -> tuple[str, float]:
        """The most alike of all words."""
        return _nearest(word, self._words)


def _shortened(word: str) -> Iterator[str]:
    """The word, and what is left of it without any one of its letters."""
    yield word
    for cut in range(len(word)):
        yield word[:cut] + word[cut + 1 :]


def _row(number: int, fact: Fact) -> tuple[int, str, str, str, str, str]:
    dates = [*fact.dates, *(date_in_words(date) for date in fact.dates)]
    columns = ([fact.statement], fact.topics, fact.aliases, dates, [fact.title])
    statement, topics, aliases, days, title = (_fold("\n".join(column)) for column in columns)
    return number, statement, topics, aliases, days, title


def _fold(text: str) -> str:
    """Lower case without accents, so that stored and typed words meet in one form."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare).lower()


def _words(text: str) -> list[str]:
    """The different words of a text, folded; common ones only where there are no others."""
    words = list(dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(_fold(text))))
    telling = [word for word in words if word not in _COMMON]
    return (telling or words)[:MAX_WORDS]


def _halves(word: str, known: Collection[str]) -> tuple[str, str] | None:
    """Two known words that were typed as one: shockworkers."""
    for cut in range(3, len(word) - 2):
        if word[:cut] in known and word[cut:] in known:
            return word[:cut], word[cut:]
    return None


def _nearest(word: str, known: Sequence[str]) -> tuple[str, float]:
    """The known word most like this one, and how like it is from 0 to 1; or nothing."""
    found = process.extractOne(word, known, scorer=JaroWinkler.similarity, score_cutoff=LIKENESS)
    return ("", 0.0) if found is None else (str(found[0]), float(found[1]))


def label(fact: Fact) -> str:
    """A fact as a choice in a list: its id, its title and as much of it as fits."""
    title = f"{fact.title} — " if fact.title else ""
    return _label(f"{fact.id} · {title}{fact.statement}")


def _label(text: str) -> str:
    """The text, or as many whole words of it as a label holds."""
    if len(text) <= MAX_LABEL:
        return text
    cut = text[: MAX_LABEL - 1].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:')}…"
