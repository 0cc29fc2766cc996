"""What can be wrong with a pack, said so that whoever wrote it can mend it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and what would be right.

    `path` is relative to the pack's folder, with forward slashes; `line` counts from 1, and is 0
    where the problem is the file as a whole.
    """

    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.sentence}"


class PackError(Exception):
    """A pack that cannot be used; `problems` names everything that was found, in file order."""

    def __init__(self, folder: Path, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.folder = folder
        self.problems = problems
