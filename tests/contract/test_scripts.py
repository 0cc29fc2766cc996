"""The conversations that must go the same on every platform, word for word up to its markup."""

import csv
import io

from tests.contract.conftest import in_chromium_too
from tests.contract.conversation import Conversation

KULAKS = "kulaks-and-shock-workers"


async def _a_class(c: Conversation) -> None:
    """Ines teaches; Asa assists; Bo and Cy study; the kulak prompt is posted as D1."""
    await c.join("Ines", "Asa", "Bo", "Cy")
    await c.channel("history")
    said = await c.command("Ines", "course setup", title="History 101", zone="Europe/London")
    assert "History 101 is set up" in said.words
    said = await c.command("Ines", "prompt post", prompt=KULAKS)
    assert "Posted in" in said.words
    assert "D1" in said.words


async def _table(c: Conversation, at: str = "history") -> dict[str, dict[str, str]]:
    """The exported CSV, a row for each name."""
    said = await c.command("Ines", "participation export", at=at)
    rows = csv.DictReader(io.StringIO(said.files[0].decode("utf-8-sig")))
    return {row["name"]: row for row in rows}


@in_chromium_too
async def test_setup_and_refusal_of_a_student(c: Conversation) -> None:
    await c.join("Ines", "Bo")
    await c.channel("history")
    said = await c.command("Bo", "prompt post", prompt=KULAKS)
    assert "There is no course in this channel yet" in said.words
    said = await c.command("Bo", "course setup", title="Mine")
    assert "There is no course in this channel yet" in said.words
    await c.command("Ines", "course setup", title="History 101")
    said = await c.command("Bo", "prompt post", prompt=KULAKS)
    assert "/prompt post is for instructors of this course" in said.words
    said = await c.command("Bo", "participation class")
    assert "/participation class is for assistants of this course" in said.words
    assert "D1" not in await c.reads("Bo")


async def test_help_names_only_what_the_asker_may_use(c: Conversation) -> None:
    await _a_class(c)
    students = (await c.command("Bo", "help")).words
    assert "/participation me" in students
    assert "/participation class" not in students
    assert "/prompt post" not in students
    teachers = (await c.command("Ines", "help")).words
    assert "/participation class" in teachers
    assert "/prompt post" in teachers


async def test_the_first_contact_tells_once_what_is_recorded(c: Conversation) -> None:
    await _a_class(c)
    first = (await c.command("Bo", "prompt list")).words
    assert "I record what you write" in first
    assert "I record what you write" not in (await c.command("Bo", "prompt list")).words
    await c.say("Cy", "My first reply.", within="D1")
    assert "I record what you write" in await c.reads("Cy", within="D1")
    assert "I record what you write" not in await c.reads("Bo", within="D1")


@in_chromium_too
async def test_post_reply_response_edit_delete_and_why(c: Conversation) -> None:
    await _a_class(c)
    assert "Two kinds of success, two fates" in await c.reads("Bo")
    await c.say("Bo", "The state picked sides.", within="D1")
    await c.respond("Cy", "Bo, who told it to?", to="The state picked sides.", within="D1")
    await c.react("Cy", "The state picked sides.", "👍", within="D1")
    await c.say("Cy", "Never mind this one.", within="D1")
    await c.edit("Bo", "The state picked sides.", "Ideology picked sides.", within="D1")
    await c.delete("Cy", "Never mind this one.", within="D1")
    assert "Ideology picked sides." in await c.reads("Cy", within="D1")
    assert "Never mind" not in await c.reads("Bo", within="D1")

    table = await _table(c)
    assert (table["Bo"]["posts"], table["Bo"]["replies"]) == ("1", "0")
    assert (table["Bo"]["words"], table["Bo"]["reactions_received"]) == ("3", "1")
    assert (table["Cy"]["posts"], table["Cy"]["replies"]) == ("0", "1")
    assert (table["Cy"]["words"], table["Cy"]["peers_root"]) == ("5", "1")
    why = (await c.command("Ines", "participation why", student="Cy")).words
    assert "2 messages, of which 1 counts" in why
    assert "deleted by its author or a moderator" in why


async def test_a_button_takes_a_side_privately(c: Conversation) -> None:
    await _a_class(c)
    said = await c.press("Bo", "Ideology decided", on="D1")
    assert "You took the side “Ideology decided" in said.words
    said = await c.press("Bo", "Use decided", on="D1")
    assert "You changed sides" in said.words
    assert "changed sides" not in await c.reads("Cy")


@in_chromium_too
async def test_close_and_a_late_reply(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "In time.", within="D1")
    said = await c.command("Ines", "prompt close", within="D1")
    assert "D1 is closed" in said.words
    assert "Closed: replies written from now on do not count." in await c.reads("Bo")
    assert "Students who wrote" in await c.reads("Bo", within="D1")
    await c.say("Cy", "Too late.", within="D1")
    table = await _table(c)
    assert (table["Bo"]["posts"], table["Cy"]["posts"]) == ("1", "0")
    why = (await c.command("Ines", "participation why", student="Cy")).words
    assert "written while the discussion was closed" in why
    said = await c.command("Ines", "prompt close", within="D1")
    assert "D1 is not open" in said.words


async def test_told_late_twice_and_backwards_ends_the_same(c: Conversation) -> None:
    await _a_class(c)
    c.hold()
    await c.say("Bo", "First thought.", within="D1")
    await c.respond("Cy", "A question, Bo.", to="First thought.", within="D1")
    await c.edit("Bo", "First thought.", "Second thought, longer.", within="D1")
    await c.react("Cy", "Second thought, longer.", "👍", within="D1")
    await c.say("Cy", "A slip.", within="D1")
    await c.delete("Cy", "A slip.", within="D1")
    await c.deliver(backwards=True, times=2)
    table = await _table(c)
    assert (table["Bo"]["words"], table["Bo"]["replies_received"]) == ("3", "1")
    assert table["Bo"]["reactions_received"] == "1"
    assert (table["Cy"]["posts"], table["Cy"]["replies"]) == ("0", "1")


async def test_what_was_never_told_is_read_again_after_a_restart(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "Before.", within="D1")
    await c.say("Bo", "Soon gone.", within="D1")
    c.hold()
    await c.edit("Bo", "Before.", "Before, and better.", within="D1")
    await c.delete("Bo", "Soon gone.", within="D1")
    await c.respond("Cy", "Unheard at first.", to="Before, and better.", within="D1")
    await c.lose()
    await c.restart()
    table = await _table(c)
    assert (table["Bo"]["posts"], table["Bo"]["words"]) == ("1", "3")
    assert (table["Cy"]["replies"], table["Cy"]["words"]) == ("1", "3")
    assert "1 new, 1 edited and 1 deleted" in await c.reads("Ines")
    said = await c.press("Bo", "Ideology decided", on="D1")
    assert "You took the side" in said.words


@in_chromium_too
async def test_a_restart_in_the_middle_keeps_all_and_goes_on(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "Before.", within="D1")
    await c.restart()
    assert "Before." in await c.reads("Cy", within="D1")
    await c.respond("Cy", "And after.", to="Before.", within="D1")
    await c.edit("Bo", "Before.", "Before, and better.", within="D1")
    said = await c.press("Bo", "Ideology decided", on="D1")
    assert "You took the side" in said.words
    table = await _table(c)
    assert (table["Bo"]["posts"], table["Bo"]["words"]) == ("1", "3")
    assert (table["Cy"]["replies"], table["Cy"]["words"]) == ("1", "2")
    said = await c.command("Ines", "prompt post", prompt="john-henry-and-stakhanov")
    assert "D2" in said.words


async def test_two_courses_do_not_see_each_other(c: Conversation) -> None:
    await _a_class(c)
    await c.join("Otto")
    await c.channel("physics")
    said = await c.command("Otto", "course setup", at="physics", title="Physics 7")
    assert "There is no course in this channel yet" in said.words  # Otto doesn't manage the space
    await c.command("Ines", "course setup", at="physics", title="Physics 7")
    await c.say("Otto", "hello", within=None, at="physics")
    await c.command("Otto", "help", at="physics")
    await c.command("Ines", "course staff", at="physics", person="Otto", role="instructor")
    await c.command("Otto", "prompt post", at="physics", prompt="john-henry-and-stakhanov")
    await c.say("Bo", "Only for history.", within="D1")
    for name in ("participation class", "participation export", "course show", "prompt list"):
        said = await c.command("Otto", name, at="physics")
        shown = said.words + "".join(file.decode("utf-8-sig") for file in said.files)
        assert "History 101" not in shown
        assert "Bo" not in shown.replace("Both", "")
    said = await c.command("Otto", "participation why", at="physics", student="Bo")
    named, picked = "There is no person of this course called “Bo”", "Bo is not in this course yet"
    assert any(words in said.problems["student"] for words in (named, picked))
    said = await c.command("Otto", "participation class", at="history")
    assert "is for assistants" in said.words
    assert (await _table(c)).keys() >= {"Bo"}


@in_chromium_too
async def test_a_refused_form_keeps_what_was_typed(c: Conversation) -> None:
    await _a_class(c)
    long = "A long question, which took me a quarter of an hour."
    said = await c.command("Ines", "prompt new", title="Mine", text=long, sides="only one")
    assert "at least two" in said.problems["sides"]
    assert said.values["text"] == long
    assert said.values["title"] == "Mine"
    said = await c.command("Ines", "prompt new", title="Mine", text=long, sides="yes; no")
    assert "P1 is kept" in said.words
    await c.command("Ines", "prompt post", prompt="P1")
    assert long in await c.reads("Bo")


async def test_an_assistant_exports_and_a_student_may_not(c: Conversation) -> None:
    await _a_class(c)
    await c.command("Asa", "help")
    await c.command("Ines", "course staff", person="Asa", role="assistant")
    await c.say("Bo", "A reply.", within="D1")
    await c.say("Asa", "A hint from staff.", within="D1")
    said = await c.command("Asa", "participation export")
    text = said.files[0].decode("utf-8-sig")
    assert "Bo" in text
    assert "Asa" not in text
    said = await c.command("Bo", "participation export")
    assert said.files == []
    assert "is for assistants" in said.words


async def test_facts_come_with_their_sources(c: Conversation) -> None:
    await _a_class(c)
    said = await c.command("Bo", "fact search", text="Stakhavonite")
    assert "Student blog post" in said.words
    said = await c.command("Bo", "fact search", text="zeppelin")
    assert "no fact for “zeppelin”" in said.words


@in_chromium_too
async def test_a_fact_named_in_a_reply_is_counted_and_can_be_opened(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "The hour is a slip, see f38 and F8.", within="D1")
    said = await c.open_fact("Cy", "F38", on="The hour is a slip, see f38 and F8.", within="D1")
    assert "Corrects F37" in said.words
    table = await _table(c)
    assert (table["Bo"]["facts_cited"], table["Cy"]["facts_cited"]) == ("2", "0")
    why = (await c.command("Ines", "participation why", student="Bo")).words
    assert "F38" in why


@in_chromium_too
async def test_sources_are_checked_privately_and_nothing_is_posted(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "Stakhanov cut 102 tons of coal in one hour!", within="D1")
    before = await c.reads("Ines", within="D1")
    said = await c.use(
        "Cy", "Check sources", on="Stakhanov cut 102 tons of coal in one hour!", within="D1"
    )
    assert "six" in said.words
    assert "F8" in said.words
    assert await c.reads("Ines", within="D1") == before


@in_chromium_too
async def test_why_a_message_counts_is_told_on_it_to_its_author_and_staff(c: Conversation) -> None:
    await _a_class(c)
    await c.say("Bo", "See F8.", within="D1")
    await c.say("Ines", "A word from staff.", within="D1")
    for who in ("Bo", "Ines"):
        said = await c.use(who, "Why counted?", on="See F8.", within="D1")
        assert "It counts" in said.words
        assert "F8" in said.words
    said = await c.use("Cy", "Why counted?", on="See F8.", within="D1")
    assert "Only its author and the course's staff" in said.words
    assert "It counts" not in said.words
    said = await c.use("Ines", "Why counted?", on="A word from staff.", within="D1")
    assert "It does not count" in said.words
    assert "written as staff" in said.words
