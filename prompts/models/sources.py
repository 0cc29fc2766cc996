"""Sources: what they are, who made them, and where in them something stands."""

from dataclasses import dataclass, field
from enum import StrEnum


class SourceKind(StrEnum):
    """What sort of source it is, and so how far its word carries."""

    BLOG = "blog"
    COMMENT = "comment"
    ESSAY = "essay"
    BOOK = "book"
    DOCUMENT = "document"

    @property
    def label(self) -> str:
        """How a citation names the kind, beginning with a capital: `Student blog post`."""
        return _LABELS[self]

    @property
    def trust(self) -> str:
        """One sentence on what a reader may lean on it for."""
        return _TRUST[self]


_LABELS = {
    SourceKind.BLOG: "Student blog post",
    SourceKind.COMMENT: "Reader's comment",
    SourceKind.ESSAY: "Essay",
    SourceKind.BOOK: "Book",
    SourceKind.DOCUMENT: "Document of the time",
}
_TRUST = {
    SourceKind.BLOG: (
        "A student's post shows how someone read the subject; trace its figures to a published "
        "source before leaning on them."
    ),
    SourceKind.COMMENT: (
        "A remark by a reader is evidence of what one person thought, and not of what happened."
    ),
    SourceKind.ESSAY: (
        "An essay argues a case from evidence; ask who wrote it, when, and what it rests on."
    ),
    SourceKind.BOOK: (
        "A published study names its own evidence; look there for what the others leave out."
    ),
    SourceKind.DOCUMENT: (
        "A document of the time shows what was said then; ask who made it, for whom, and why."
    ),
}


@dataclass(frozen=True, slots=True)
class Name:
    """An author: family and given name, or a literal name that has no such parts (CSL)."""

    family: str | None = None
    given: str | None = None
    literal: str | None = None

    def __str__(self) -> str:
        return self.literal or " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, by its first words and its last; white space is any white space.

    `ends` None: a locator reaches to where the next one begins, an omission to the end of its
    sentence (see evidence/passages.py).
    """

    begins: str
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class Locator:
    """A place in a source: a short id (`p2`) and its name in words (`paragraph 2`).

    `stretch` is where it stands in the source's text, None where the pack doesn't say.
    """

    id: str
    label: str
    stretch: Stretch | None = None


@dataclass(frozen=True, slots=True)
class Omission:
    """A stretch of a source's text that no fact cites, on purpose, and why."""

    stretch: Stretch
    reason: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """A document that facts cite; the fields up to `genre` are CSL variables.

    What the copy at hand does not state is None. A title in square brackets describes a document
    that has none. `text` is the name of the file that holds the copy, for whoever has it;
    `left_out` are the stretches of it that the facts pass over.
    """

    id: str
    type: str
    title: str
    kind: SourceKind
    authors: tuple[Name, ...] = ()
    container_title: str | None = None
    publisher: str | None = None
    publisher_place: str | None = None
    issued: str | None = None
    url: str | None = None
    genre: str | None = None
    note: str | None = None
    locators: tuple[Locator, ...] = ()
    text: str | None = None
    left_out: tuple[Omission, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def author(self) -> str | None:
        """The authors' names in one line, or None where the copy does not name them."""
        return ", ".join(str(name) for name in self.authors) or None

    def locator(self, locator_id: str) -> Locator:
        """The locator with this id; KeyError where the source has none such."""
        for locator in self.locators:
            if locator.id == locator_id:
                return locator
        raise KeyError(locator_id)
