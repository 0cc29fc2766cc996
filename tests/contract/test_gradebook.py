"""Files of a report, pictures and a rehearsal on every platform."""

import io
from hashlib import sha256

import openpyxl

from tests.about import checked
from tests.contract.conftest import in_chromium_too
from tests.contract.conversation import Conversation
from tests.core.canvas_import import Canvas, Learner

KULAKS = "kulaks-and-shock-workers"


async def a_talk(c: Conversation) -> None:
    await c.join("Ines", "Bo")
    await c.channel("history")
    await c.command("Ines", "course setup", title="History 101")
    await c.command("Ines", "prompt post", prompt=KULAKS)
    await c.say("Bo", "Who told it to?", within="D1")


async def test_a_workbook_and_pictures_come_to_who_asks(c: Conversation) -> None:
    await a_talk(c)
    said = await c.command("Ines", "participation export", format="xlsx")
    content, about = said.files
    assert checked(about, content) == sha256(content).hexdigest()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [row[1] for row in book["students"].iter_rows(values_only=True)] == ["name", "Bo"]
    drawn = await c.command("Ines", "participation picture")
    assert "participation in pictures" in drawn.words
    refused = await c.command("Bo", "participation picture")
    assert "/participation picture is for assistants of this course" in refused.words


async def test_a_gradebook_is_rehearsed_and_the_file_comes_back(c: Conversation) -> None:
    await a_talk(c)
    canvas = Canvas([Learner("11", "", "", "Bo")], {"77": "Talk"}, {})
    given = {"file": ("grades.csv", canvas.export())}
    typed = {"column": "Talk", "figure": "posts"}
    said = await c.command("Ines", "participation rehearse", files=given, **typed)
    assert "1 grade changes if you upload the file; nothing else does." in said.words
    content, about = said.files
    checked(about, content)
    assert canvas.take(content) == {(0, "77"): ("", "1.00")}
    typed["column"] = "Final Score"
    refused = await c.command("Ines", "participation rehearse", files=given, **typed)
    assert "silently drops" in refused.problems["column"]


@in_chromium_too
async def test_what_changed_since_an_export_is_told_with_its_cause(c: Conversation) -> None:
    await a_talk(c)
    content, about = (await c.command("Ines", "participation export")).files
    checked(about, content)
    await c.say("Bo", "And who believed it?", within="D1")
    said = (await c.command("Ines", "participation compare")).words
    assert "posts 1 → 2" in said
    assert "1 message written since: D1, " in said
    refused = await c.command("Bo", "participation compare")
    assert "/participation compare is for assistants of this course" in refused.words
