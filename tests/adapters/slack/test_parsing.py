"""What people type after a slash command or a mention: understood where it can be, and else one
sentence, or a form with what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.parsing import Typed, from_mention, from_slash
from bot.adapters.slack.texts import read_plainly
from bot.core import catalog
from bot.core.cards import Card
from bot.core.commands import Catalog, Command, Param, Role
from bot.core.dispatch import Call
from tests import hostile

BUILT = catalog.build()
BOT = "U0BOT"


async def _nothing(call: Call) -> Card:
    return Card()


@pytest.mark.parametrize(("name", "typed", "command", "arguments"), [
    ("/prompt", "post kulaks", "prompt post", {"prompt": "kulaks"}),
    ("/prompt", "POST  kulaks all", "prompt post", {"prompt": "kulaks", "channel": "all"}),
    ("/prompt", "post Kulaks and shock workers", "prompt post",
     {"prompt": "Kulaks and shock workers"}),
    ("/prompt", "post kulaks <#C12|history>", "prompt post",
     {"prompt": "kulaks", "channel": "C12"}),
    ("/prompt", "list", "prompt list", {}),
    ("/coalface", "prompt list", "prompt list", {}),
    ("/coalface", "/prompt list", "prompt list", {}),
    ("/Coalface", "help", "help", {}),
    ("/coalface", "help prompt post", "help", {"command": "prompt post"}),
    ("/coalface", "", "help", {}),
    ("/fact", "about shock workers", "fact about", {"subject": "shock workers"}),
    ("/fact", "about “shock workers”", "fact about", {"subject": "shock workers"}),
    ("/fact", "about 'shock workers'", "fact about", {"subject": "shock workers"}),
    ("/fact", "about Stakhanov’s record", "fact about", {"subject": "Stakhanov’s record"}),
    ("/fact", "about 'tis said", "fact about", {"subject": "'tis said"}),
    ("/fact", "compare «shock workers» „kulaks“ John", "fact compare",
     {"first": "shock workers", "second": "kulaks", "third": "John"}),
    ("/fact", "cite F12 mla", "fact cite", {"fact": "F12", "style": "mla"}),
    ("/fact", "cite titles lose their worth MLA", "fact cite",
     {"fact": "titles lose their worth", "style": "mla"}),
    ("/fact", "check 65% &lt; 70% &amp; more\nof  it: so", "fact check",
     {"text": "65% < 70% & more\nof  it: so"}),
    ("/fact", "check text: all of it", "fact check", {"text": "all of it"}),
    ("/fact", "check The text: it says", "fact check", {"text": "The text: it says"}),
    ("/fact", "check see <https://a.example|a.example> and <@U7|bo>", "fact check",
     {"text": "see a.example and @bo"}),
    ("/course", "setup History of labor", "course setup", {"title": "History of labor"}),
    ("/course", "setup History of labor zone:Europe/London", "course setup",
     {"title": "History of labor", "zone": "Europe/London"}),
    ("/course", "setup “History of labor” Europe/London", "course setup",
     {"title": "History of labor", "zone": "Europe/London"}),
    ("/course", "setup title=History zone = UTC", "course setup",
     {"title": "History zone = UTC"}),
    ("/course", "setup Title: History of labor staff_channel: <#G9|staff> zone: UTC",
     "course setup", {"title": "History of labor", "staff_channel": "G9", "zone": "UTC"}),
    ("/course", "setup History <#G9>", "course setup",
     {"title": "History", "channel": "G9"}),
    ("/course", "staff <@U7|bo> instructor", "course staff",
     {"person": "U7", "role": "instructor"}),
    ("/course", "staff instructor <@W7>", "course staff", {"person": "W7", "role": "instructor"}),
    ("/course", "settings catch_up=12", "course settings", {"catch_up": "12"}),
    ("/participation", "why <@U7>", "participation why", {"student": "U7"}),
    ("/participation", "why Bo", "participation why", {"student": "Bo"}),
    ("/prompt", "new Norms Why do norms rise?\n\nSay.", "prompt new",
     {"title": "Norms", "text": "Why do norms rise?\n\nSay."}),
    ("/prompt", "new \"The norms\" Why? sides: yes; no", "prompt new",
     {"title": "The norms", "text": "Why?", "sides": "yes; no"}),
    ("/prompt", "side \"The state\" D3 <#C1> \"and more\"", "prompt side",
     {"side": "The state", "discussion": "D3 #C1 \"and more\""}),
    ("/prompt", "new title:“The norms” text:Why?", "prompt new",
     {"title": "The norms", "text": "Why?"}),
    ("/prompt", "side \"The state\" D3", "prompt side", {"side": "The state", "discussion": "D3"}),
    ("/prompt", "close", "prompt close", {}),
    ("/prompt", "new", "prompt new", {}),
])  # fmt: skip
def test_what_is_typed(name: str, typed: str, command: str, arguments: dict[str, str]) -> None:
    assert from_slash(BUILT, name, typed) == Typed(command, arguments)


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("/prompt", "pots kulaks", "did you mean /prompt post?"),
    ("/fact", "abut kulaks", "did you mean /fact about?"),
    ("/coalface", "prmpt post", "did you mean /prompt post?"),
    ("/coalface", "fcat", "did you mean /fact?"),
    ("/coalface", "&lt;!channel&gt; xyzzy", "“/<!channel> xyzzy”; see /coalface help."),
    ("/prompt", "", "/prompt is followed by one of list, side, respond"),
    ("/prompt", "help", "/prompt is followed by one of"),
    ("/prompt", "list D3", "/prompt list takes nothing more"),
])  # fmt: skip
def test_what_is_no_command_gets_one_sentence(name: str, typed: str, said: str) -> None:
    answer = from_slash(BUILT, name, typed)
    assert isinstance(answer, str)
    assert said in answer


@pytest.mark.parametrize(("raw", "command", "arguments"), [
    ("<@U0BOT> fact about kulaks", "fact about", {"subject": "kulaks"}),
    ("Hello <@U0BOT|coalface>: /fact about kulaks", "fact about", {"subject": "kulaks"}),
    ("fact about kulaks <@U0BOT>", "fact about", {"subject": "kulaks"}),
    ("<@U0BOT>", "help", {}),
    ("<@U0BOT> participation why <@U7>", "participation why", {"student": "U7"}),
    ("<@U0BOT> prompt close <@U0BOT>", "prompt close", {}),
])  # fmt: skip
def test_a_mention_takes_the_same_commands(
    raw: str, command: str, arguments: dict[str, str]
) -> None:
    assert from_mention(BUILT, raw, BOT) == Typed(command, arguments)


def test_a_command_added_to_the_catalogue_is_understood() -> None:
    built = BUILT.with_command(
        Command("norm raise", "Raise it", Role.STUDENT, _nothing, (Param("by", "How much"),))
    )
    assert from_slash(built, "/norm", "raise ten per cent") == Typed(
        "norm raise", {"by": "ten per cent"}
    )


def _free() -> Catalog:
    params = (Param("first", "One"), Param("second", "Two"), Param("third", "Three"))
    return BUILT.with_command(Command("say", "Say", Role.STUDENT, _nothing, params))


@pytest.mark.parametrize("said", list(hostile.strings(count=20)))
def test_a_hostile_text_comes_through_whole(said: str) -> None:
    wanted = said.strip()
    escaped = wanted.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    typed = from_slash(BUILT, "/fact", f"check text: {escaped}")
    if not isinstance(typed, Typed):
        pytest.fail(typed)
    got = typed.arguments.get("text", "")
    assert got == wanted or f'"{got}"' == wanted


@given(st.text(st.sampled_from("ab \"'“”«»<>@#U|!:=\n&;first"), max_size=60))
def test_nothing_that_is_typed_is_lost(said: str) -> None:
    typed = from_slash(_free(), "/say", said)
    assert isinstance(typed, Typed)
    kept = "".join(typed.arguments.values())
    read = read_plainly(said)
    for letter in "abU":
        assert kept.count(letter) >= read.count(letter) - said.count("|") * 60
