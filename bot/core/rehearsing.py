"""A gradebook rehearsal, begun from a file and ended as a card: for /participation rehearse and
for the terminal."""

from collections.abc import Sequence

from bot.core import gradebook_canvas, gradebook_moodle
from bot.core.cards import Block, Card, Fields, Spans, Table, number, spans, text
from bot.core.commands import File
from bot.core.errors import BadInput
from bot.core.gradebook import Fate, GradedStudent, Line, Missing, Rehearsal
from bot.core.spreadsheets import from_csv_bytes

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 40
"""So many students are listed in a message; the others are counted."""


def rehearse(
    content: bytes,
    students: Sequence[GradedStudent],
    title: str,
    *,
    make_column: bool = False,
    params: tuple[str, str] = ("file", "column"),
) -> Rehearsal:
    """What uploading these grades under this title would do to the gradebook whose CSV export this
    is, Canvas's or Moodle's. `make_column`: a column that is not there is to be made. `params` are
    what the file and the title are called where they were given. Raises BadInput.
    """
    file, column = params
    rows = from_csv_bytes(content, file)
    if gradebook_canvas.is_canvas(rows[0]):
        return gradebook_canvas.rehearse(
            rows, students, title, make_column=make_column, param=column
        )
    if gradebook_moodle.is_moodle(rows[0]):
        return gradebook_moodle.rehearse(
            rows, students, title, make_column=make_column, param=column
        )
    raise BadInput(
        file,
        "That is no export of a gradebook: Canvas's begins with the columns Student, ID and has"
        " Section; Moodle's has ID number, Email address, Username or User ID.",
    )


def upload_file(rehearsal: Rehearsal) -> File | None:
    """The file to upload, where there is anything to."""
    if rehearsal.upload is None:
        return None
    return File(f"{rehearsal.platform.lower()}-upload.csv", "text/csv", rehearsal.upload)


def to_card(rehearsal: Rehearsal) -> Card:
    """What an upload would do, before anything is uploaded."""
    counts = [(fate, len(rehearsal.of(fate))) for fate in Fate]
    fields = (
        ("Column", spans(rehearsal.heading)),
        *((f"Grade {fate.value}", spans(str(count))) for fate, count in counts),
        ("Not found there", spans(str(len(rehearsal.not_found)))),
        ("Unclear who", spans(str(len(rehearsal.unclear)))),
        ("In the gradebook only", spans(str(len(rehearsal.untouched)))),
    )
    blocks: list[Block] = [Fields(fields), *(text(note) for note in rehearsal.notes)]
    moved = [*rehearsal.of(Fate.CHANGES), *rehearsal.of(Fate.GIVEN), *rehearsal.of(Fate.LEFT)]
    if moved:
        head = ("Student", "Found by", "Now", "After", "What happens")
        blocks.append(Table(head, tuple(map(_row, moved[:MOST_ROWS])), frozenset({2, 3})))
    if (more := len(moved) - MOST_ROWS) > 0:
        blocks.append(text(f"{number(more, 'more student')} not shown here."))
    blocks += missing_ones("Not found", rehearsal.not_found)
    blocks += missing_ones("Unclear", rehearsal.unclear)
    blocks.append(text(verdict(rehearsal)))
    return Card(
        f"Rehearsal: what {rehearsal.platform} would do",
        tuple(blocks),
        "Nothing has been uploaded. The file holds one column, and only the rows that change.",
    )


def missing_ones(label: str, missing: Sequence[Missing]) -> list[Block]:
    """Who is not in a file, each with the reason."""
    if not missing:
        return []
    blocks: list[Block] = [Table((label, "Why"), tuple(map(_missing, missing[:MOST_ROWS])))]
    if (more := len(missing) - MOST_ROWS) > 0:
        blocks.append(text(f"{number(more, 'more student')} not shown here."))
    return blocks


def verdict(rehearsal: Rehearsal) -> str:
    """The end of it in a sentence."""
    changed = len(rehearsal.of(Fate.CHANGES)) + len(rehearsal.of(Fate.GIVEN))
    if rehearsal.upload is not None:
        made = " and makes the column" if rehearsal.makes_column else ""
        verb = "changes" if changed == 1 else "change"
        return f"{number(changed, 'grade')} {verb} if you upload the file{made}; nothing else does."
    if changed:
        return "There is no file to upload, since it would make a column; say so if that is meant."
    return "There is nothing to upload: no grade would change."


def _row(line: Line) -> tuple[Spans, ...]:
    said = line.why or line.fate.value
    return spans(line.student), spans(line.key), spans(line.before), spans(line.after), spans(said)


def _missing(missing: Missing) -> tuple[Spans, ...]:
    return spans(missing.student), spans(missing.why)


def to_json(rehearsal: Rehearsal) -> dict[str, object]:
    """For a program: everything but the file."""
    return {
        "platform": rehearsal.platform,
        "column": rehearsal.heading,
        "makes_column": rehearsal.makes_column,
        "students": [
            {
                "student": line.student, "row": line.row, "found_by": line.key,
                "before": line.before, "after": line.after, "fate": line.fate.name.lower(),
                "why": line.why,
            }
            for line in rehearsal.lines
        ],
        "not_found": [{"student": m.student, "why": m.why} for m in rehearsal.not_found],
        "unclear": [{"student": m.student, "why": m.why} for m in rehearsal.unclear],
        "untouched": list(rehearsal.untouched),
        "notes": list(rehearsal.notes),
        "verdict": verdict(rehearsal),
    }  # fmt: skip
