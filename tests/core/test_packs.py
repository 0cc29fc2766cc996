"""A pack that is edited while the bot runs: taken up by /course reload, or refused whole."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import seeds
from bot.core.commands import Answer
from tests.world import Human, World, a_world

ID = "gettysburg-copy"


@pytest.fixture
async def edited(tmp_path: Path) -> AsyncIterator[tuple[World, Human, Path]]:
    """A course over a pack of its own in a folder that can be edited."""
    folder = tmp_path / "pack"
    shutil.copytree(seeds.HERE / "gettysburg", folder)
    change(folder / "pack.yaml", "id: gettysburg", f"id: {ID}")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coalface.toml").write_text(f'packs = ["{folder}"]\n', "utf-8")
    async with a_world(tmp_path / "data").opened() as world:
        ada = await world.person("Ada")
        await world.channel()
        await ada.answer("course setup", title="History 101", pack=ID)
        yield world, ada, folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def first_prompt(folder: Path) -> Path:
    return min((folder / "prompts").glob("*.md"))


async def test_an_edited_fact_and_a_new_prompt_are_taken_up(
    edited: tuple[World, Human, Path],
) -> None:
    _, ada, folder = edited
    change(folder / "facts.yaml", "topics: [", "topics: [zeppelins, ")
    shutil.copy(first_prompt(folder), folder / "prompts" / "one-more.md")
    assert "The pack has no fact for “zeppelins”" in await ada.answer(
        "fact search", text="zeppelins"
    )
    said = await ada.answer("course reload")
    assert "Facts: changed: F1" in said
    assert "Prompts: new: one-more" in said
    assert "F1" in await ada.answer("fact search", text="zeppelins")
    assert "Facts: as before" in await ada.answer("course reload")


async def test_a_pack_that_cannot_be_read_changes_nothing_and_says_where(
    edited: tuple[World, Human, Path],
) -> None:
    _, ada, folder = edited
    before = await ada.answer("fact about", subject="F1")
    change(folder / "facts.yaml", "- id: F1\n", "- id: F1\n  statment: slip\n")
    outcome = await ada.run("course reload")
    assert isinstance(outcome, Answer)
    assert outcome.card.tone == "refusal"
    said = await ada.answer("course reload")
    assert "nothing was changed" in said
    assert "facts.yaml:" in said
    assert "statment" in said
    assert await ada.answer("fact about", subject="F1") == before


async def test_a_discussion_outlives_its_prompt_and_its_facts(
    edited: tuple[World, Human, Path],
) -> None:
    world, ada, folder = edited
    prompt = first_prompt(folder)
    thread = await world.post(ada, prompt.stem)
    before = (await ada.sees())[-1]
    prompt.unlink()
    said = await ada.answer("course reload")
    assert f"gone: {prompt.stem}" in said
    assert (await ada.sees())[-1] == before
    sam = await world.person("Sam")
    await sam.say("I still have something to say.", thread=thread)
    await ada.answer("prompt close", discussion="D1")
    assert "Students who wrote: 1" in "\n".join(await ada.sees(thread=thread))


async def test_another_id_is_another_pack(edited: tuple[World, Human, Path]) -> None:
    _, ada, folder = edited
    change(folder / "pack.yaml", f"id: {ID}", "id: something-else")
    assert "an id stays for good" in await ada.answer("course reload")


async def test_a_fact_without_its_evidence_is_not_taken_up(
    edited: tuple[World, Human, Path],
) -> None:
    _, ada, folder = edited
    change(folder / "facts.yaml", "  statement: >-\n    ", "  statement: >-\n    In 1999, ")
    said = await ada.answer("course reload")
    assert "not in order, so nothing was changed" in said
    assert "F1 says 1999, which no term of it holds" in said
    assert "1999" not in await ada.answer("fact about", subject="F1")


async def test_students_do_not_reload(edited: tuple[World, Human, Path]) -> None:
    world, _, _ = edited
    sam = await world.person("Sam")
    assert "is for instructors" in await sam.answer("course reload")


async def test_a_fact_that_was_changed_since_its_check_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(seeds.HERE / "soviet-labor", folder)
    change(folder / "pack.yaml", "id: soviet-labor", f"id: {ID}")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "coalface.toml").write_text(f'packs = ["{folder}"]\n', "utf-8")
    async with a_world(tmp_path / "data").opened() as world:
        ada = await world.person("Ada")
        await world.channel()
        await ada.answer("course setup", title="History 101", pack=ID)
        since = "Changed since it was last checked against its source."
        assert since not in await ada.answer("fact about", subject="F3")
        change(folder / "facts.yaml", "was in use in the last", "was used in the last")
        said = await ada.answer("course reload")
        assert "F3 was changed since it was checked against its texts" in said
        assert since in await ada.answer("fact about", subject="F3")
        assert since not in await ada.answer("fact about", subject="F4")
