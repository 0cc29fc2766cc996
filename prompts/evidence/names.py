"""The proper names that a text states: every capitalised word, save ordinary ones that only open
a sentence. No list of names and no guess at what a name refers to."""

import re
from collections.abc import Collection, Iterable, Iterator

from prompts.evidence.figures import FIGURE_WORDS

_OPENERS = """
    a about above according across after again against ago all almost along already also although
    always am among an and another any anyone anything are around as at away back be because been
    before behind being below beneath beside besides between beyond both but by can could despite
    did do does down due during each either else enough even ever every everybody everyone
    everything except far few fewer finally first for from further had half has have he hence her
    here hers him his how however i if in indeed inside instead into is it its itself just last
    later least less like many may maybe me meanwhile might mine more moreover most much must my
    near nearly neither never nevertheless next no nobody none nonetheless nor not nothing now of
    off often on once one only onto or other others otherwise our out outside over own past per
    perhaps rather same second several shall she should since so some somebody someone something
    sometimes somewhat soon still such than that the their them then there therefore these they
    third this those though through throughout thus to today together too toward towards under
    unless unlike until up upon us very was we well were what whatever when whenever where whereas
    wherever whether which while who whoever whole whom whose why will with within without would
    yes yet you your
"""
OPENERS = frozenset(_OPENERS.split())
"""Function words that open a sentence without being a name, in small letters."""

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’][^\W\d_]+)*(?!\w)")
_POSSESSIVE = re.compile(r"(?:'s|(?<=s)')$")
# What a sentence or a quotation begins after: nothing, an end of a sentence, a colon, an opening
# mark. A bracket counts, a dash doesn't.
_OPENING = re.compile(r"(?:^|[.!?:…][\"'”’)\]]*\s|(?:^|[\s(\[—–])[\"'“‘„«(\[]+)\s*$")
_PLURAL = ("s", "es")
_ADJECTIVE = ("n", "an", "ian")  # Russia, Russian; Canada, Canadian
_INFLECTION = (*_PLURAL, "d", "ed", "r", "er", "ing", "ly")


def names(text: str, ordinary: Collection[str]) -> list[str]:
    """The capitalised words of a text, each once, possessives cut: `Stalin` of `Stalin's`.

    The parts of a hyphenated word stand alone. Left out are numbers and months in words (see
    figures), the pronoun I, and, where a sentence or quotation begins, function words and the
    words in `ordinary` (as `small_words` gives them) also with another ending.
    """
    found: dict[str, None] = {}
    for match in _WORD.finditer(text):
        word = _bare(match[0])
        if not _is_capital(word) or word.startswith("I'") or word == "I":
            continue
        if word.lower() in FIGURE_WORDS:
            continue
        if _OPENING.search(text[: match.start()]) and _is_ordinary(word.lower(), ordinary):
            continue
        found[word] = None
    return list(found)


def is_named(name: str, capitalised: Iterable[str]) -> bool:
    """Whether one of the capitalised words is this name, save for a plural's or an adjective's
    ending: Stakhanovites and Stakhanovite, Russia and Russian."""
    return any(_agree(name.lower(), word.lower()) for word in capitalised)


def capitalised_words(texts: Iterable[str]) -> set[str]:
    """Every capitalised word of the texts, possessives cut."""
    return {word for text in texts for word in _words(text) if _is_capital(word)}


def small_words(texts: Iterable[str]) -> set[str]:
    """Every word that the texts write in small letters: words, and not names."""
    return {word for text in texts for word in _words(text) if word.islower()}


def _words(text: str) -> Iterator[str]:
    return (_bare(match[0]) for match in _WORD.finditer(text))


def _is_capital(word: str) -> bool:
    return word != word.lower()  # the capital of l'Humanité is not its first letter


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word.replace("’", "'"))


def _is_ordinary(word: str, ordinary: Collection[str]) -> bool:
    if word in OPENERS or word in ordinary:
        return True
    return any(
        word + ending in ordinary or (word.endswith(ending) and word[: -len(ending)] in ordinary)
        for ending in _INFLECTION
    )


def _agree(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if len(short) < 3:
        return False
    stem = short[:-1] if short[-1] in "ay" else short  # Canada, Canadian; Italy, Italian
    endings = {*_PLURAL, *_ADJECTIVE}
    plural_of_y = short[-1] == "y" and long == f"{stem}ies"
    adjective = stem != short and long in {f"{stem}{ending}" for ending in ("ian", "ians")}
    compound = {f"{short}{a}s" for a in _ADJECTIVE}  # Russia, Russians
    return plural_of_y or adjective or long in {f"{short}{e}" for e in endings} | compound
