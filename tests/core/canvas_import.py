"""An independent judge: what Canvas's gradebook import does with a file, written from
shared rules only and sharing no code with ours."""

import csv
import io
import re
from dataclasses import dataclass, field


@dataclass
class Learner:
    id: str
    sis: str
    login: str
    sortable: str  # Pitlamp, Ada
    section: str = "Section 1"

    @property
    def names(self) -> set[str]:
        last, comma, first = self.sortable.partition(", ")
        return {self.sortable, f"{first} {last}"} if comma else {self.sortable}


@dataclass
class Canvas:
    """A gradebook: assignments by number, and each learner's cell in each of them."""

    learners: list[Learner]
    assignments: dict[str, str]  # number: title
    cells: dict[tuple[int, str], str]  # learner's place, number: "", "8.50", "EX"
    read_only: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def export(self, delimiter: str = ",") -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter)
        titles = [f"{title} ({number})" for number, title in self.assignments.items()]
        writer.writerow(
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles,
             "Current Score", "Final Score"]
        )  # fmt: skip
        writer.writerow(["", "", "", "", "", *["Manual Posting"] * len(titles), "", ""])
        points = [
            "(read only)" if number in self.read_only else "10" for number in self.assignments
        ]
        writer.writerow(
            ["    Points Possible", "", "", "", "", *points, "(read only)", "(read only)"]
        )
        for place, one in enumerate(self.learners):
            own = [self.cells.get((place, number), "") for number in self.assignments]
            writer.writerow(
                [one.sortable, one.id, one.sis, one.login, one.section, *own, "81.2", "70"]
            )
        return out.getvalue().encode("utf-8-sig")

    def take(self, content: bytes) -> dict[tuple[int, str], tuple[str, str]]:
        """Import a file; which cells changed, from what to what."""
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        head, *rest = rows
        assert len(head) >= 4
        assert "Section" in head
        points = [row for row in rest if "Points Possible" in row[0]]
        targets = self._targets(head, points)
        has_sis = "SIS User ID" in head and head[head.index("SIS User ID") + 1] == "SIS Login ID"
        before = dict(self.cells)
        for row in rest:
            if row in points or not any(row) or row[0] in ("Muted", "Manual Posting"):
                continue
            whom = self._whom(head, row, has_sis)
            if whom is None:
                self.unmatched.append(row[0])
                continue
            for place, number in targets.items():
                self._set(whom, number, row[place])
        return {
            key: (before.get(key, ""), now)
            for key, now in self.cells.items()
            if before.get(key, "") != now
        }

    def _targets(self, head: list[str], points: list[list[str]]) -> dict[int, str]:
        own = {"Student", "ID", "SIS User ID", "SIS Login ID", "Section"}
        found: dict[int, str] = {}
        for place, title in enumerate(head):
            if title in own:
                continue
            if re.search(
                "(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)", title
            ):
                self.dropped.append(title)
                continue
            if any("(read only)" in row[place] for row in points):
                continue
            numbered = re.search(r"\A(.*)\s\((\d+)\)\Z", title, re.DOTALL)
            if numbered and numbered[2] in self.assignments:
                number = numbered[2]
            elif title in self.assignments.values():
                number = next(n for n, t in self.assignments.items() if t == title)
            else:
                number = f"new {title}"
                self.assignments[number] = title
                self.made.append(title)
            found[place] = number
        return found

    def _whom(self, head: list[str], row: list[str], has_sis: bool) -> int | None:
        def the(test: str, field_: str) -> int | None:
            hits = [n for n, one in enumerate(self.learners) if getattr(one, field_) == test]
            return hits[0] if test and hits else None

        if (by_id := the(row[1], "id")) is not None:
            return by_id
        if has_sis:
            if (by_sis := the(row[head.index("SIS User ID")], "sis")) is not None:
                return by_sis
            if (by_login := the(row[head.index("SIS Login ID")], "login")) is not None:
                return by_login
        named = [n for n, one in enumerate(self.learners) if row[0] in one.names]
        return named[0] if named else None

    def _set(self, whom: int, number: str, cell: str) -> None:
        now = self.cells.get((whom, number), "")
        if cell in ("", "-"):
            if now not in ("", "-"):
                self.cells[whom, number] = ""
            return
        if cell.upper() == "EX":
            self.cells[whom, number] = "EX"
            return
        value = cell.replace(",", ".")
        self.cells[whom, number] = value
