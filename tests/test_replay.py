"""Real input: the comment thread of the course's own source, typed into the classroom in a real
browser by six people. The source itself is never part of the project."""

import asyncio
import csv
import io
import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.core.words import count
from tests.chromium import chromium, needs_chromium, served

SOURCES = sorted((Path(__file__).parents[2] / "shared" / "seeds").glob("000_*.txt"))
LIKED = "Liked by 1 person"


@dataclass(frozen=True)
class Comment:
    number: str  # as a locator names it: 2, 2.1
    text: str
    liked: bool


def comments(source: str) -> list[Comment]:
    """The six comments: a number at the margin, or deeper in for one that answers the last."""
    thread = source[source.index("6 thoughts on") : source.index("Leave a Reply")]
    parts = re.split(r"^( +)(\d+)\. ", thread, flags=re.MULTILINE)[1:]
    found = []
    top = ""
    for margin, number, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        nested = len(margin) > 2
        top = top if nested else number
        words = " ".join(text.replace(LIKED, "").split())
        found.append(Comment(f"{top}.{number}" if nested else number, words, LIKED in text))
    return found


@needs_chromium
@pytest.mark.skipif(not SOURCES, reason="the source documents are not beside the project")
async def test_the_comment_thread_typed_by_six_people(tmp_path: Path) -> None:
    thread = comments(SOURCES[0].read_text("utf-8"))
    assert [comment.number for comment in thread] == ["1", "2", "2.1", "2.2", "3", "4"]
    async with chromium() as browser, served(tmp_path, "--empty") as address:
        teacher = await _joined(browser, address, "Ines Instructor")
        await _set_up(teacher)
        pages = {c.number: await _joined(browser, address, _name(c)) for c in thread}
        for comment in thread:
            await _write(pages[comment.number], comment)
        liker, second = pages["2.1"], next(c for c in thread if c.number == "2")
        await _like(liker, second)
        for comment in thread:  # everybody sees everything, at once
            await expect(teacher.get_by_text(comment.text, exact=True).last).to_be_visible()
        await _why(teacher, thread)
    _check_database(tmp_path, thread)
    await _check_report(tmp_path, thread)


def _name(comment: Comment) -> str:
    return f"Reader {comment.number}"


async def _joined(browser: Browser, address: str, name: str) -> Page:
    """A window of somebody who has just joined; in the discussion, if there is one."""
    page = await (await browser.new_context()).new_page()
    await page.goto(address)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Your name").press("Enter")
    await expect(page.get_by_label("Write to #seminar")).to_be_visible()
    discussion = page.get_by_role("link", name="Discussion · ")
    if await page.get_by_text("D1 · reply in the thread").count():
        await discussion.click()
        await expect(page.get_by_label("Write to the discussion")).to_be_visible()
    return page


async def _set_up(page: Page) -> None:
    """The instructor sets the course up, writes the post's topic as a prompt, and posts it."""
    write = page.get_by_label("Write to #seminar")
    await write.fill('/course setup "Soviet history" Europe/London')
    await write.press("Enter")
    await expect(page.get_by_text("Soviet history is set up")).to_be_visible()
    await write.fill("/prompt new")
    await write.press("Enter")
    form = page.get_by_role("form", name="/prompt new")
    await form.get_by_label("title").fill("Shock workers and Stakhanovites")
    await form.get_by_label("text").fill("What did titles and records do for the plan?")
    await form.get_by_role("button", name="Run").click()
    await page.get_by_role("button", name="Post it here").click()
    await page.get_by_role("link", name="Discussion · ").click()
    await expect(page.get_by_label("Write to the discussion")).to_be_visible()


async def _write(page: Page, comment: Comment) -> None:
    if "." in comment.number:
        answered = page.get_by_role(
            "article", name=f"Message of Reader {comment.number[0]}", exact=True
        ).last
        await answered.hover()
        await answered.get_by_role("button", name="Answer").click()
    write = page.get_by_label("Write to the discussion")
    await write.fill(comment.text)
    await write.press("Enter")
    await expect(page.get_by_text(comment.text, exact=True).last).to_be_visible()
    await expect(write).to_have_value("")


async def _like(page: Page, comment: Comment) -> None:
    assert comment.liked
    message = page.get_by_role("article", name=f"Message of {_name(comment)}", exact=True).last
    await message.hover()
    await message.get_by_role("button", name="React", exact=True).click()
    await message.get_by_role("button", name="React: thumbs up").click()
    await expect(message.get_by_role("button", name="thumbs up: Reader 2.1")).to_be_visible()


async def _why(page: Page, thread: list[Comment]) -> None:
    write = page.get_by_label("Write to the discussion")
    for comment in thread:
        await write.fill(f"/participation why {_name(comment)}")
        await write.press("Enter")
        card = page.get_by_text(f"Why {_name(comment)} has these counts")
        await expect(card).to_be_visible()
        answer = page.locator("section", has=card)
        await expect(answer).to_contain_text("1 message, of which 1 counts")
        await expect(answer).to_contain_text("yes")


def _check_database(folder: Path, thread: list[Comment]) -> None:
    with closing(sqlite3.connect(folder / "coalface.sqlite3")) as db:
        rows = db.execute(
            "SELECT i.name, t.text, p.name, m.words, m.role, m.parent_by FROM messages m"
            " JOIN identities i ON i.account_id = m.account_id"
            " JOIN message_texts t ON t.message_id = m.id"
            " LEFT JOIN messages a ON a.id = m.parent_id"
            " LEFT JOIN identities p ON p.account_id = a.account_id ORDER BY m.sent_at"
        ).fetchall()
        marks = db.execute(
            "SELECT i.name, w.name, r.emoji FROM reactions r"
            " JOIN messages m ON m.id = r.message_id"
            " JOIN identities w ON w.account_id = m.account_id"
            " JOIN identities i ON i.account_id = r.account_id WHERE r.present"
        ).fetchall()
    assert rows == [
        (
            _name(c),
            c.text,
            "Reader 2" if "." in c.number else None,
            _words(c.text),
            "student",
            "reference" if "." in c.number else "prompt",
        )
        for c in thread
    ]
    assert marks == [("Reader 2.1", "Reader 2", "👍")]


async def _check_report(folder: Path, thread: list[Comment]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "report", "--data", str(folder), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    table = {row["name"]: row for row in csv.DictReader(io.StringIO(out.decode()))}
    assert set(table) == {_name(c) for c in thread}
    for c in thread:
        row = table[_name(c)]
        nested = "." in c.number
        assert (row["posts"], row["replies"]) == (("0", "1") if nested else ("1", "0"))
        assert row["words"] == str(_words(c.text))
        assert row["peers_root"] == ("1" if nested else "0")
        assert row["replies_received"] == ("2" if c.number == "2" else "0")
        assert row["reactions_received"] == ("1" if c.number == "2" else "0")


def _words(text: str) -> int:
    """The rule, once more and by hand: these texts hold no code, address, mention or emoji."""
    return sum(any(character.isalnum() for character in piece) for piece in text.split())


def test_the_words_of_the_source_are_plain() -> None:
    """So that `_words` may be as simple as it is."""
    assert count("a — b ! c").words == _words("a — b ! c") == 3
