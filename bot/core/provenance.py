"""What is said of a file that is handed out: as of when, over what, by which definitions, and its
SHA-256.

Formats for people say it inside, but for the digest, which no file can hold of itself. Those for
programs have no room: a line too many breaks a gradebook's import, and an xAPI statement, which a
store keeps for good, must be the same whenever it is exported. So beside every file goes a short
one that says it in plain words, and that `sha256sum -c` checks the file by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.core.cards import number
from bot.core.commands import File
from bot.core.report_model import Definition, Report

PSEUDONYMS = "Students appear by pseudonyms."
ENDING = ".about.txt"

Facts = tuple[tuple[str, str], ...]


def facts_about(report: Report) -> Facts:
    """As of when, over what, by which definitions: pairs of a label and its words."""
    return (
        ("Course", report.course),
        ("As of", f"{as_of(report)} ({report.zone})"),
        ("Over", report.window.words),
        ("Students", number(report.students.count, "student")),
        ("Names", PSEUDONYMS if report.pseudonymised else "Students appear by their names."),
        ("Definitions", f"version {report.version}"),
    )


def as_of(report: Report) -> str:
    """The moment of the report, in the course's zone, with its offset."""
    return report.as_of.astimezone(ZoneInfo(report.zone)).isoformat(" ", "seconds")


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a file, and the definitions by which its figures were counted."""

    facts: Facts
    definitions: Sequence[Definition]

    def in_short(self, file: File) -> str:
        """Lines without the definitions' sentences; only that with the digest is no comment."""
        said = (
            _comment(f"{label}: {words}") for label, words in (("File", file.name), *self.facts)
        )
        digest = sha256(file.content).hexdigest()
        return "".join(f"{line}\n" for line in (*said, _sum(digest, file.name)))

    def beside(self, file: File) -> File:
        """The file that goes with this one: UTF-8, named after it."""
        name = f"{file.name}{ENDING}"
        check = f"The file, beside this one, is whole if this says OK: sha256sum -c {name}"
        words = (f"{one.name}: {one.sentence}" for one in self.definitions)
        more = [_comment(line) for line in (check, "", "The definitions:", *words)]
        text = self.in_short(file) + "\n".join([*more, ""])
        return File(name, "text/plain", text.encode("utf-8", "replace"))

    def with_it(self, file: File) -> tuple[File, File]:
        """The file and the one beside it, as they are handed out."""
        return file, self.beside(file)


def _comment(words: str) -> str:
    """One line, whatever was typed: `sha256sum -c` passes it over."""
    return f"# {' '.join(words.split())}".rstrip()


def _sum(digest: str, name: str) -> str:
    """As GNU coreutils write and read it: two spaces before a name, and a mark at the beginning
    where a name would break the line."""
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}"
