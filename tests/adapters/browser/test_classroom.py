"""What people see and do in the classroom's windows."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from storage.database import Connection
from tests.adapters.browser.conftest import Room
from tests.adapters.browser.windows import Window
from tests.faults import a_full_disk, content, held_by_another

PROMPT_TITLE = "Two kinds of success, two fates"


async def test_two_windows_see_each_others_messages_at_once(room: Room) -> None:
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ada.sees(PROMPT_TITLE)
    await ada.say("The state picked the sides.")
    await ada.sees("The state picked the sides.", within="stream-thread")
    await ben.sees("The state picked the sides.", "Ada Pitlamp", within="stream-thread")
    await ben.sees("Discussion · 1 reply", within="stream-channel")
    assert ada.value("write-thread") == ""


async def _wait_no_longer(db: Connection) -> None:
    await db.exec_driver_sql("PRAGMA busy_timeout = 50")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (a_full_disk, "The disk is full or can't be written"),
        (held_by_another, "The database is busy with another program"),
    ],
    ids=["full", "held"],
)
async def test_what_the_database_does_not_take_is_said_and_stays_in_the_box(
    fault: Callable[[Path], AbstractContextManager[None]],
    why: str,
    room: Room,
) -> None:
    ada, database = await room.window(room.ada), room.world.settings.database
    await room.world.app.services.database.write(_wait_no_longer)
    before = content(database)
    with fault(database):
        await ada.say("The state picked the sides.")
        await ada.is_told(f"{why}, so nothing was changed")
    assert content(database) == before
    assert ada.value("write-thread") == "The state picked the sides."
    await ada.click("send-thread")
    await ada.sees("The state picked the sides.", within="stream-thread")


async def test_an_answer_quotes_whom_it_answers_and_the_core_knows(room: Room) -> None:
    first = await room.ada.say("The state picked the sides.", thread=room.thread)
    ben = await room.window(room.ben)
    await ben.click(f"answer-{first.id}")
    await ben.sees("Answering Ada Pitlamp")
    await ben.say("Then who picked the state?")
    await ben.sees_no("Answering Ada Pitlamp")
    await ben.sees("Then who picked the state?", within="stream-thread")
    said = (await room.world.app.browser.classroom.messages(first.channel, room.thread, None))[-1]
    assert (said.author, said.reply_to) == (room.ben.ref, first.id)
    assert "Then who picked the state" not in await room.ada.answer("participation me")


async def test_one_edits_and_deletes_only_ones_own(room: Room) -> None:
    message = await room.ada.say("102 tons in an hour!", thread=room.thread)
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ben.has(f"answer-{message.id}")
    await ben.has_no(f"edit-{message.id}")
    await ada.click(f"edit-{message.id}")
    await ada.write(f"edit-text-{message.id}", "102 tons in six hours.")
    await ada.click(f"edit-save-{message.id}")
    await ben.sees("102 tons in six hours.", "edited")
    await ben.sees_no("in an hour!")
    await ada.click(f"delete-{message.id}")
    await ada.click("delete-yes")
    await ben.sees_no("102 tons in six hours.")
    assert not any("102 tons" in text for text in await room.ada.sees(room.thread))


async def test_an_edit_under_way_outlives_a_classmates_reaction(room: Room) -> None:
    message = await room.ada.say("Before", thread=room.thread)
    ada = await room.window(room.ada)
    await ada.click(f"edit-{message.id}")
    await ada.write(f"edit-text-{message.id}", "Half writ")
    await room.ben.react(message, "👍")
    await ada.has(f"reaction-👍-{message.id}")
    assert ada.value(f"edit-text-{message.id}") == "Half writ"


async def test_reactions_come_and_go(room: Room) -> None:
    message = await room.ada.say("A thought", thread=room.thread)
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ben.click(f"react-{message.id}")
    await ben.click(f"react-🤔-{message.id}")
    await ada.has(f"reaction-🤔-{message.id}")
    await ben.click(f"reaction-🤔-{message.id}")
    await ada.has_no(f"reaction-🤔-{message.id}")


async def test_what_the_bot_answers_is_seen_in_that_window_only(room: Room) -> None:
    ada, again, ben = [await room.window(human) for human in (room.ada, room.ada, room.ben)]
    await ada.say("/participation me")
    await ada.sees("Only you can see this", within="stream-thread")
    for other in (again, ben):
        assert "Only you can see this" not in other.text("stream-thread")
    await ada.click("dismiss")
    await ada.sees_no("Only you can see this")


async def test_a_notice_to_one_person_is_not_seen_by_another(room: Room) -> None:
    ada, ben = await room.window(room.ada, thread=False), await room.window(room.ben, thread=False)
    await ada.say("Good morning", where="channel")
    await ben.sees("Good morning")
    await room.world.settle()
    private = [m for m in await room.ada.sees() if "what you write" in m]
    assert "what you write" in ada.text() or not private
    assert "what you write" not in ben.text()


async def test_a_button_runs_its_command_and_only_the_presser_sees_the_answer(room: Room) -> None:
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ada.press("Ideology decided")
    await ada.sees("Only you can see this")
    assert "Only you can see this" not in ben.text()


async def test_typing_a_slash_offers_what_one_may_use(room: Room) -> None:
    ada, agnes = await room.window(room.ada), await room.window(room.agnes)
    await ada.write("write-thread", "/p")
    await ada.sees("/prompt list", within="command-thread-list")
    await ada.sees_no("/prompt post", "/fact", within="command-thread-list")
    await agnes.write("write-thread", "/prompt po")
    await agnes.sees("/prompt post", within="command-thread-list")
    await agnes.key("write-thread", "escape")
    await agnes.has_no("command-thread-list")


async def test_the_arrow_keys_choose_a_command(room: Room) -> None:
    ada = await room.window(room.ada)
    await ada.write("write-thread", "/participation")
    await ada.key("write-thread", "down")
    await ada.key("write-thread", "enter.exact.prevent")
    await ada.sees("Only you can see this")


async def test_a_typed_command_fills_its_parameters_in_order(room: Room) -> None:
    ada = await room.window(room.ada)
    await ada.say("/fact search 102 tons")
    await ada.sees("102 tons", "Only you can see this", within="stream-thread")


async def test_a_command_that_wants_more_shows_its_form_with_suggestions(room: Room) -> None:
    agnes = await room.window(room.agnes, thread=False)
    await agnes.say("/prompt post", where="channel")
    await agnes.has("form")
    await agnes.write("field-prompt", "John Henry")
    await agnes.has("suggest-prompt-option")
    await agnes.click("suggest-prompt-option")
    await agnes.click("form-submit")
    await agnes.has_no("form")
    await agnes.sees("D2", within="stream-channel")


async def test_what_was_typed_is_kept_and_the_problem_stands_at_its_field(room: Room) -> None:
    agnes = await room.window(room.agnes, thread=False)
    await agnes.click("commands-channel")
    await agnes.click("command-channel-prompt-new")
    await agnes.fill(title="Badges", text="What is a badge worth?", sides="Only one")
    assert "at least two" in await agnes.error("field-sides")
    assert agnes.value("field-text") == "What is a badge worth?"
    await agnes.fill(sides="Much; Nothing")
    await agnes.has_no("form")
    await agnes.sees("P1 is kept")


async def test_a_double_click_on_a_form_runs_it_once(room: Room) -> None:
    agnes = await room.window(room.agnes, thread=False)
    await agnes.say("/prompt new", where="channel")
    await agnes.write("field-title", "Badges")
    await agnes.write("field-text", "What is a badge worth?")
    agnes.user.find(marker="form-submit").click()
    await agnes.click("form-submit")
    await agnes.sees("P1 is kept")
    assert "P2" not in await room.agnes.answer("prompt list")


async def test_a_student_is_refused_by_the_core_in_words(room: Room) -> None:
    ada = await room.window(room.ada)
    await ada.say("/prompt post kulaks-and-shock-workers")
    await ada.sees("is for instructors of this course")


async def test_whoever_comes_first_joins_and_sees_a_channel(room: Room) -> None:
    door = room.window_of("nobody")
    await door.user.open("/")
    await door.sees("Who are you?", "Ada Pitlamp", "manages the classroom")
    await door.write("join-name", "ada PITLAMP")
    await door.click("join")
    assert "There is a ada PITLAMP already" in await door.error("join-name")
    await door.write("join-name", "Cora Shaftley")
    await door.click("join")
    await door.sees("# history", "Cora Shaftley")


async def test_nobody_is_sent_to_the_door(room: Room) -> None:
    window = await Window(room.window_of("x").user, "unknown").go("history", room.thread)
    await window.sees("Who are you?")


@pytest.mark.parametrize("thread", ["9" * 23, "9" * 5_000, "-1", "one", "", "4711", "٣"])
async def test_a_thread_that_is_not_there_leads_to_the_channel(room: Room, thread: str) -> None:
    window = room.window_of(room.ada.ref)
    for person in (room.ada.ref, "unknown"):
        await window.user.open(f"/classroom/history?as={person}&thread={thread}")
        await window.sees("# history" if person == room.ada.ref else "Who are you?")
        await window.has_no("stream-thread")


async def test_a_thread_of_another_channel_or_inside_a_thread_is_not_there(room: Room) -> None:
    inside = await room.ada.say("The state picked the sides.", thread=room.thread)
    await room.world.channel("physics")
    for channel, thread in (("physics", room.thread), ("history", inside.id)):
        window = room.window_of(room.ada.ref)
        await window.go(channel, thread)
        await window.sees(f"# {channel}")
        await window.has_no("stream-thread")


async def test_answers_stand_when_what_they_answer_is_gone(room: Room) -> None:
    root = await room.ada.say("Good morning")
    await room.ben.say("And to you.", thread=root.id)
    await room.ada.delete(root)
    ben = await room.window_of(room.ben.ref).go("history", root.id)
    await ben.sees("And to you.", within="stream-thread")


async def test_half_a_character_becomes_a_sign_and_nothing_fails(room: Room) -> None:
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ada.say("Half \ud800 a sign")
    await ben.sees("Half \ufffd a sign", within="stream-thread")
    assert ada.value("write-thread") == ""
    await ada.say("/fact search 102 tons \udc00")
    await ada.sees("102 tons", "Only you can see this", within="stream-thread")
    await ada.write("write-thread", "Not yet \ud800")
    assert (await room.window(room.ada)).value("write-thread") == "Not yet \ufffd"
    agnes = await room.window(room.agnes, thread=False)
    await agnes.say("/prompt new", where="channel")
    await agnes.fill(title="Badges \ud800", text="What is a badge worth?", sides="Only one")
    assert "at least two" in await agnes.error("field-sides")
    assert agnes.value("field-title") == "Badges \ufffd"
    await agnes.fill(sides="Much; Nothing \udfff")
    await agnes.sees("P1 is kept")


async def test_a_quote_says_what_is_said_now_or_nothing(room: Room) -> None:
    first = await room.ada.say("102 tons in an hour!", thread=room.thread)
    await room.ben.say("In six, I think.", to=first)
    ben = await room.window(room.ben)
    await ben.click(f"answer-{first.id}")
    await ben.sees("102 tons in an hour!", within="stream-thread")
    await ben.sees("102 tons in an hour!", within="composer-thread")
    await room.ada.edit(first, "102 tons in six hours.")
    await ben.sees_no("in an hour!")
    await ben.sees("102 tons in six hours.", within="composer-thread")
    quoted = ben.text("stream-thread").splitlines().count("102 tons in six hours.")
    assert quoted == 2  # itself, and above its answer
    await room.ada.delete(first)
    await ben.sees("Answers a message that was deleted", within="stream-thread")
    await ben.sees_no("102 tons", "Answering Ada Pitlamp")


async def test_an_edit_of_an_answer_outlives_the_end_of_what_it_answers(room: Room) -> None:
    first = await room.ada.say("A slip.", thread=room.thread)
    answer = await room.ben.say("An answer.", to=first)
    ben = await room.window(room.ben)
    await ben.click(f"edit-{answer.id}")
    field = ben._one(f"edit-text-{answer.id}")
    await ben.write(f"edit-text-{answer.id}", "Half writ")
    await room.ada.delete(first)
    await ben.sees("Answers a message that was deleted")
    assert ben._one(f"edit-text-{answer.id}") is field  # untouched: it keeps the cursor
    assert ben.value(f"edit-text-{answer.id}") == "Half writ"


async def test_a_new_channel_appears_in_every_window(room: Room) -> None:
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ada.click("new-channel")
    await ada.write("channel-name", "#Coffee House")
    await ada.click("channel-add")
    await ben.has("channel-coffee-house")


async def test_an_unsent_text_is_still_there_on_coming_back(room: Room) -> None:
    ada = await room.window(room.ada)
    await ada.write("write-thread", "Not yet finish")
    again = await room.window(room.ada)
    assert again.value("write-thread") == "Not yet finish"


async def test_hostile_text_stays_text(room: Room) -> None:
    hostile = "<img src=x onerror=alert(1)> {{7*7}} </script> \"'&amp; `${x}` @everyone"
    ada, ben = await room.window(room.ada), await room.window(room.ben)
    await ada.say(hostile)
    await ben.sees(hostile, within="stream-thread")
