"""What a prompt says: as a pack or a course has it, as a discussion keeps it, as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from bot.core.cards import (
    Actions,
    Block,
    Bold,
    Button,
    Card,
    Italic,
    Moment,
    Text,
    paragraphs,
    text,
)
from prompts.models import After, Condition, FollowUp, Prompt, Replies, Silence
from storage.rows import Discussion


@dataclass(frozen=True, slots=True)
class Content:
    """A prompt as it is shown. `sides` are pairs of a key that is stored and a label."""

    title: str
    text: str
    sides: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()

    def label(self, side: str) -> str | None:
        return dict(self.sides).get(side)


def to_json(content: Content) -> dict[str, Any]:
    return {
        "title": content.title,
        "text": content.text,
        "sides": [list(side) for side in content.sides],
        "tags": list(content.tags),
        "facts": list(content.facts),
        "follow_ups": [
            {"text": one.text, **_condition_to_json(one.condition)} for one in content.follow_ups
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Content:
    return Content(
        kept["title"],
        kept["text"],
        tuple((key, label) for key, label in kept["sides"]),
        tuple(kept["tags"]),
        tuple(kept["facts"]),
        tuple(
            FollowUp(one["text"], _condition_from_json(one)) for one in kept.get("follow_ups", ())
        ),
    )


def _condition_to_json(condition: Condition) -> dict[str, int]:
    match condition:
        case After(hours):
            return {"after": hours}
        case Replies(count):
            return {"replies": count}
        case Silence(hours):
            return {"silence": hours}
        case _:
            assert_never(condition)


def _condition_from_json(kept: Mapping[str, Any]) -> Condition:
    if "after" in kept:
        return After(kept["after"])
    return Replies(kept["replies"]) if "replies" in kept else Silence(kept["silence"])


def from_pack(prompt: Prompt) -> Content:
    sides = tuple((side.key, side.label) for side in prompt.sides)
    return Content(prompt.title, prompt.text, sides, prompt.tags, prompt.facts, prompt.follow_ups)


def prompt_card(
    content: Content, discussion: Discussion | None = None, zone: str = "UTC"
) -> Card:  # fmt: skip
    """The prompt as the class sees it; before it is posted, without a discussion. `zone` is the
    course's."""
    blocks: list[Block] = [*paragraphs(content.text)]
    if discussion is not None and discussion.open:
        blocks += _times(discussion, zone)
    name = None if discussion is None else discussion.name
    if discussion is not None and discussion.withdrawn_at is not None:
        blocks.insert(0, text(Italic("Withdrawn: replies here do not count.")))
    elif discussion is not None and not discussion.open:
        blocks.insert(0, text(Italic("Closed: replies written from now on do not count.")))
    elif content.sides:
        blocks.append(text("Take a side (only you and the staff see which), and change it freely:"))
        blocks.append(
            Actions(
                tuple(
                    Button(
                        label, "prompt side", (("discussion", name or ""), ("side", key))
                    )
                    for key, label in content.sides
                )
            )
        )  # fmt: skip
    if content.facts:
        blocks.append(
            Actions(
                tuple(
                    Button(f"Fact {fact}", "fact about", (("subject", fact),))
                    for fact in content.facts[:3]
                )
            )
        )
    return Card(content.title, tuple(blocks), _footer(discussion))


def _footer(discussion: Discussion | None) -> str:
    if discussion is None:
        return "A preview: nothing is posted by it"
    if discussion.withdrawn_at is not None:
        return f"{discussion.name} · withdrawn"
    return f"{discussion.name} · {'reply in the thread' if discussion.open else 'closed'}"


def _times(discussion: Discussion, zone: str) -> list[Text]:
    """When it is due, and when it closes, where either is set."""
    said = []
    if discussion.due_at is not None:
        said.append(text(Bold("Due "), Moment(discussion.due_at, zone)))
    if discussion.closes_at is not None:
        said.append(text(Bold("Closes "), Moment(discussion.closes_at, zone)))
    return said
