"""How fast facts are found, against SQLite's FTS5 alone on the same statements.

FTS5 alone finds no misspelled word and no id; that is what a search may take longer for. A
completion has no such excuse: it must not be slower than FTS5's own prefix query. Nothing is
remembered from one search to the next, so asking again in each round favours nobody.
"""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random
from statistics import median
from time import perf_counter

from prompts.models import Citation, Fact, Pack
from prompts.search import FactIndex
from tests.benchmarks.ratios import Measured, interleaved

SEED = 1935


def _parted(written: str) -> list[str]:
    return written.split()


_HEADS = _parted("b bl br c ch d dr f fr g gr h k kr l m n p pl pr r s sh sl st t tr v w z")
_HEARTS = _parted("a e i o u ai ea ee ou oa")
_TAILS = _parted("b ck d ft g ld ll m n nd nt p r rd rt s st t th x")
_ENDINGS = ("", "", "", "s", "ed", "ing", "er", "ism", "ist", "tion")
VOCABULARY = 6_000
"""Different words that facts are made of; ten thousand real statements hold about as many."""
LONGEST = 32
QUERIES = 240


class Library:
    """Invented facts, the words they are made of, and what people might type to find them."""

    def __init__(self, size: int) -> None:
        self._random = Random(SEED)
        self.words = self._invent_words()
        # Zipf's law: the n-th most frequent word stands 1/n times as often as the first.
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
        self.facts = tuple(self._invent_fact(number) for number in range(1, size + 1))
        self.pack = Pack("bench", "Bench", "Invented facts.", (), self.facts, ())

    def queries(self) -> list[str]:
        """What people type: half of it misspelled; the rest words, figures, dates and ids."""
        made = []
        for number in range(QUERIES):
            fact = self._random.choice(self.facts)
            words = [w for w in fact.statement.lower().rstrip(".").split() if len(w) > 3]
            picked = self._random.sample(words, min(len(words), self._random.choice((1, 1, 2, 3))))
            match number % 8:
                case 0 | 1 | 2 | 3:
                    slip = self._random.randrange(len(picked))
                    picked[slip] = self._misspell(picked[slip])
                    made.append(" ".join(picked))
                case 4:
                    made.append(f"{fact.dates[0]} {picked[0]}")
                case 5:
                    made.append(f"what is {picked[0]} of {picked[-1]}?")
                case 6:
                    made.append(fact.id if self._random.random() < 0.3 else " ".join(picked))
                case _:
                    made.append(" ".join(picked))
        return made

    def beginnings(self) -> list[str]:
        """What stands in the field as people type: nothing, one letter, two, and so on."""
        made = [""]
        for word in self._random.sample(self.words[:2_000], 30):
            made += [word[:end] for end in range(1, len(word) + 1)]
        for query in self._random.sample(self.queries(), 30):
            made += [query, query[: len(query) // 2]]
        return made

    def _invent_words(self) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            syllables = [
                self._random.choice(_HEADS) + self._random.choice(_HEARTS)
                for _ in range(self._random.choice((1, 1, 2, 2, 3)))
            ]
            found[
                "".join([*syllables, self._random.choice(_TAILS), self._random.choice(_ENDINGS)])
            ] = None
        # The most frequent words are short ones that nobody looks for (Zipf 1935: the, of, was).
        return sorted(found, key=lambda word: len(word) > 3)

    def _some(self, count: int) -> list[str]:
        return self._random.choices(self.words, cum_weights=self._weights, k=count)

    def _invent_fact(self, number: int) -> Fact:
        words = self._some(self._random.randint(15, LONGEST))
        words.insert(4, str(self._random.randint(2, 9_999)))
        year = self._random.randint(1900, 1960)
        words.insert(8, f"in {year}")
        evidence = (Citation("a", "p1", tuple(words[:2])),)
        topics = tuple(dict.fromkeys(self.words[self._random.randint(50, 350)] for _ in range(2)))
        return Fact(
            f"F{number}",
            f"{' '.join(words).capitalize()}.",
            topics,
            evidence,
            aliases=tuple(self._some(2)),
            dates=(str(year),),
            title=" ".join(words[:5]).capitalize(),
        )

    def _misspell(self, word: str) -> str:
        """One slip: a letter left out, doubled, changed, or two in the wrong order."""
        at = self._random.randrange(1, len(word) - 1)
        match self._random.randrange(4):
            case 0:
                return word[:at] + word[at + 1 :]
            case 1:
                return word[:at] + word[at] + word[at:]
            case 2:
                return word[:at] + self._random.choice("aeioulnrst") + word[at + 1 :]
            case _:
                return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


class Plain:
    """FTS5 alone: the statements, a match of any of the words, and SQLite's own ranking."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.executescript(
            "CREATE VIRTUAL TABLE facts USING fts5(statement, tokenize = 'porter unicode61');"
            "CREATE VIRTUAL TABLE begun USING fts5("
            "statement, tokenize = 'unicode61', prefix = '1 2 3');"
        )
        rows = [(number, fact.statement) for number, fact in enumerate(facts)]
        for table in ("facts", "begun"):
            self._database.executemany(f"INSERT INTO {table}(rowid, statement) VALUES (?, ?)", rows)  # noqa: S608 - ours

    def search(self, text: str) -> object:
        return self._ask("facts", " OR ".join(f'"{word}"' for word in _words(text)), 10)

    def complete(self, typed: str) -> object:
        words = [f'"{word}"' for word in _words(typed)]
        return self._ask("begun", " ".join([*words[:-1], *(f"{w}*" for w in words[-1:])]), 25)

    def close(self) -> None:
        self._database.close()

    def _ask(self, table: str, match: str, limit: int) -> object:
        query = f"SELECT rowid FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT ?"  # noqa: S608 - ours
        return self._database.execute(query, (match, limit)).fetchall() if match else []


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


async def measure() -> list[Measured]:
    results = []
    for name, size, share in (("1k_p50", 1_000, 0.5), ("10k_p99", 10_000, 0.99)):
        library = Library(size)
        queries, beginnings = library.queries(), library.beginnings()
        plain = Plain(library.facts)
        with FactIndex(library.pack) as index:
            results.append(
                await _compare(
                    f"fact_search_{name}_vs_fts5", queries, index.search, plain.search, share, 4
                )
            )
            if size == 10_000:
                results.append(
                    await _compare(
                        "complete_10k_p99_vs_fts5", beginnings, index.complete, plain.complete,
                        share, 1,
                    )
                )  # fmt: skip
        plain.close()
    return results


async def _compare(
    name: str,
    texts: Sequence[str],
    ours: Callable[[str], object],
    theirs: Callable[[str], object],
    share: float,
    bound: float,
) -> Measured:
    async def one() -> float:
        return _quantile(texts, ours, share)

    async def other() -> float:
        return _quantile(texts, theirs, share)

    mine, plain = await interleaved(one, other)
    note = f"{len(texts)} texts: {mine * 1e6:,.0f} µs, FTS5 alone {plain * 1e6:,.0f} µs"
    return Measured(name, mine / plain, bound, False, note)


def _quantile(texts: Sequence[str], ask: Callable[[str], object], share: float) -> float:
    """Seconds that this share of the texts took at most, each asked once."""
    taken = []
    for text in texts:
        started = perf_counter()
        ask(text)
        taken.append(perf_counter() - started)
    return median(taken) if share == 0.5 else sorted(taken)[int(share * len(taken))]
