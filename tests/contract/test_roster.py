"""The roster on every platform: from a file with unclear columns to a student who is confirmed."""

import io

import openpyxl

from tests.contract.conftest import in_chromium_too
from tests.contract.conversation import Conversation

KULAKS = "kulaks-and-shock-workers"


HEADERS = ("Who", "Number", "Mail", "E-mail", "Group")


def a_spreadsheet() -> bytes:
    book, held = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    ada = ("Pitlamp, Ada", 700123.0, "ada@example.edu", "x@example.edu", "A")
    for row in (HEADERS, ada, ("Cy", 700456, None, None, "B")):
        sheet.append(row)
    book.save(held)
    return held.getvalue()


@in_chromium_too
async def test_a_roster_is_taken_from_a_file_and_a_student_found_on_it(c: Conversation) -> None:
    await c.join("Ines", "Bo")
    await c.channel("history")
    await c.command("Ines", "course setup", title="History 101")
    await c.command("Ines", "prompt post", prompt=KULAKS)
    await c.say("Bo", "Who told it to?", within="D1")
    asked = await c.command("Ines", "course roster", files={"file": ("r.xlsx", a_spreadsheet())})
    # Why it is asked, and what there is; Discord has room for four fields beside it.
    assert (
        "In r.xlsx, no header is recognised as the name and the e-mail address may be Mail or"
        " E-mail; the headers in row 1 are Who, Number, Mail, E-mail, Group."
    ) in " ".join(asked.words.split())
    assert {*("full_name", "email", "surname", "student_id")} <= {*asked.values}
    assert asked.values.get("section", "Group") == "Group", "what is recognised stands there"
    said = await c.command(
        "Ines", "course roster", full_name="Who", email="Mail", student_id="Number"
    )
    for words in (
        "The roster of History 101",
        "full name from “Who”, student id from “Number”, email from “Mail”, section from “Group”.",
    ):
        assert words in said.words
    refused = await c.command("Bo", "roster list")
    assert "/roster list is for assistants of this course" in refused.words

    said = await c.command("Bo", "roster claim", name_or_id="700123")
    assert "Staff are asked whether you are “700123” on the roster" in said.words
    said = await c.command("Ines", "roster link", student="Bo", entry="700123")
    assert "Ada Pitlamp, 700123, section A" in said.words
    own = await c.command("Bo", "roster claim")
    for words in ("You on the roster", "Ada Pitlamp", "700123"):
        assert words in own.words
    listed = (await c.command("Ines", "roster list")).words
    assert "700456" in listed
    said = await c.command("Ines", "roster unlink", student="Bo")
    assert "is linked to nobody on the roster any more" in said.words


async def test_a_file_that_is_no_roster_is_refused_where_it_was_picked(c: Conversation) -> None:
    await c.join("Ines")
    await c.channel("history")
    await c.command("Ines", "course setup", title="History 101")
    said = await c.command("Ines", "course roster", files={"file": ("r.pdf", b"%PDF-1.7 ...")})
    assert "r.pdf is no table" in said.problems["file"]
    good = "r.csv", "Name;ID\nZoë Łuba;1\n".encode("utf-16")
    said = await c.command("Ines", "course roster", files={"file": good})
    assert "full name from “Name”, student id from “ID”" in said.words
