"""A text as words with their places, in sentences and clauses; stems that meet across endings."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from prompts.claims.english import NEGATIONS, PHRASES, SUBORDINATE
from prompts.claims.meanings import ANTONYMS, OPPOSED
from prompts.claims.synonyms import SYNONYMS

_TOKEN = re.compile(
    r"[$£€]?\d+(?:,\d{3})*(?:\.\d+)?(?:\s?%|(?:st|nd|rd|th|s)\b)?|[^\W\d_]+(?:['’][^\W\d_]+)*['’]?|[^\W_]+"
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+|;\s+")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|vs|etc|approx|ca|c|e\.g|i\.e|No|\w))\.$")
_BREAK = re.compile(r"[,;:()—–]|\s-\s|\.\.+")
_ENDINGS = (
    ("ization", "iz"), ("isation", "iz"), ("ational", "at"), ("fulness", ""), ("ousness", ""),
    ("iveness", ""), ("ations", ""), ("ation", ""), ("ition", ""), ("ments", ""), ("ment", ""),
    ("ness", ""), ("tions", "t"), ("tion", "t"), ("sion", "s"), ("ically", "ic"), ("ingly", ""),
    ("edly", ""), ("fully", ""), ("ful", ""), ("ively", ""), ("ives", ""), ("ive", ""),
    ("ities", ""), ("ity", ""), ("ance", ""), ("ence", ""), ("ings", ""), ("ing", ""),
    ("ers", ""), ("ors", ""), ("er", ""), ("or", ""), ("ied", "y"), ("ies", "y"), ("ed", ""),
    ("ly", ""), ("es", ""), ("s", ""), ("e", ""), ("y", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, how it is typed, and its stem."""

    start: int
    end: int
    text: str
    low: str
    stem: str
    number: int  # how many words stand before it in the sentence
    part: int  # which clause of the sentence holds it

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as typed, its words, and where it begins in the message."""

    text: str
    start: int
    words: tuple[Word, ...]

    @property
    def asks(self) -> bool:
        return self.text.rstrip(" \"'”’)]!").endswith("?")


def fold(text: str) -> str:
    """Lower case, without accents and with plain apostrophes; as long as the text or longer."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(mark for mark in apart if not unicodedata.combining(mark)).lower()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What is left of a folded word without its endings: mined, mining, miner, mines: min."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead in _ENDINGS:
        if ending == "s" and word.endswith("ss"):
            continue
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= 3:
            root = word[: len(word) - len(ending)] + instead
            return _undoubled(root, ending) if root != word else word
    return word


def _undoubled(root: str, ending: str) -> str:
    if root.endswith(("er", "or")) and len(root) > 5:
        root = root[:-2]
    if len(root) == 3 and ending != "s" and root[1] in "aeiou" and root[2] not in "aeiouwxy":
        return root + "e"
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "sl":
        return root[:-1]
    if len(root) > 4 and root.endswith(("e", "y")):
        return root[:-1]
    return root


def _bare(low: str) -> str:
    for ending in ("'s", "s'", "'"):
        if low.endswith(ending):
            return low[: -len(ending)] + ("s" if ending == "s'" else "")
    return low


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a message, in order; without those that hold no word."""
    start = 0
    for cut in [*_SENTENCE_END.finditer(text), None]:
        end = cut.start() if cut else len(text)
        piece = text[start:end]
        if cut and cut[0].isspace() and "\n" not in cut[0] and _ABBREVIATION.search(piece):
            continue
        lead = len(piece) - len(piece.lstrip())
        words = words_of(piece.strip())
        if words:
            yield Sentence(piece.strip(), start + lead, words)
        start = cut.end() if cut else end


def words_of(text: str) -> tuple[Word, ...]:
    """The words of one sentence."""
    words: list[Word] = []
    part, last = 0, 0
    for match in _TOKEN.finditer(text):
        low = _bare(fold(match[0]))
        if (_BREAK.search(text[last : match.start()]) and words) or (
            low in SUBORDINATE and words and words[-1].low not in ("of", "by", "from", "than")
        ):
            part += 1
        if words and (words[-1].low, low) in PHRASES:
            low = PHRASES[words[-1].low, low]
            words[-1] = replace(words[-1], low="did", stem="did")  # says no more by itself
        words.append(Word(match.start(), match.end(), match[0], low, stem(low), len(words), part))
        last = match.end()
    return tuple(words)


def _group_index() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(SYNONYMS):
        for word in group:
            groups.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


_GROUPS = _group_index()


def groups(word_stem: str) -> frozenset[int]:
    """The groups of like meaning that a stem is in."""
    return _GROUPS.get(word_stem, frozenset())


def stems(text: str) -> Iterable[str]:
    return (word.stem for word in words_of(text))


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    sides = [((one,), (other,)) for one, other in ANTONYMS] + list(OPPOSED)
    for ones, others in sides:
        for one in map(stem, ones):
            for other in map(stem, others):
                found.setdefault(one, set()).add(other)
                found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES = _opposites()
_NO_WORDS: frozenset[str] = frozenset()


def opposites(word_stem: str) -> frozenset[str]:
    """The stems that can't be true of a thing together with this one."""
    return _OPPOSITES.get(word_stem, _NO_WORDS)


_DENIALS = NEGATIONS - {"few", "zero"}  # a few is some


def denies(words: Iterable[Word]) -> bool:
    """Whether a denial is among the words: not, never, nobody, hardly."""
    return any(word.low in _DENIALS or word.low.endswith("n't") for word in words)
