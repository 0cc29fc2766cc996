"""A pack's prompts as an instructor looks them over in the terminal, before anything is posted."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from bot.core.content import from_pack, prompt_card
from bot.core.plain import to_plain
from prompts.models import After, Condition, Pack, Prompt, Replies, Silence


def all_in_words(pack: Pack) -> str:
    """One prompt a line, with its kind, how many sides it offers and which facts it names."""
    lines = []
    for prompt in pack.prompts:
        sides = f"{len(prompt.sides)} sides" if prompt.sides else "no sides"
        about = [prompt.kind.value, sides, " ".join(prompt.facts) or "no facts"]
        lines.append(f"{prompt.id}: {prompt.title} ({', '.join(about)})")
    return "\n".join(lines)


def one_in_words(prompt: Prompt, pack: Pack) -> str:
    """The prompt's card as plain text, then what will follow it and the facts it names."""
    parts = [to_plain(prompt_card(from_pack(prompt)))]
    if prompt.follow_ups:
        parts.append("Follow-ups, each posted once:")
        parts += [f"{when(f.condition)}: {f.text}" for f in prompt.follow_ups]
    if prompt.facts:
        parts.append("Facts it names:")
        parts += [f"{fact_id}: {pack.fact(fact_id).statement}" for fact_id in prompt.facts]
    return "\n\n".join(parts)


def when(condition: Condition) -> str:
    """When a follow-up is due, in words: `At 4 replies`."""
    match condition:
        case After(hours):
            return f"{_hours(hours)} after the prompt"
        case Replies(count):
            return "At the first reply" if count == 1 else f"At {count} replies"
        case Silence(hours):
            return f"After {_hours(hours)} without a reply"
        case _:
            assert_never(condition)


def _hours(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"


def all_to_json(pack: Pack) -> Sequence[Mapping[str, object]]:
    return [
        {
            "id": prompt.id,
            "title": prompt.title,
            "kind": prompt.kind.value,
            "sides": [side.label for side in prompt.sides],
            "facts": list(prompt.facts),
        }
        for prompt in pack.prompts
    ]


def one_to_json(prompt: Prompt, pack: Pack) -> Mapping[str, object]:
    return {
        "id": prompt.id,
        "title": prompt.title,
        "kind": prompt.kind.value,
        "text": prompt.text,
        "tags": list(prompt.tags),
        "sides": [{"key": side.key, "label": side.label} for side in prompt.sides],
        "facts": [{"id": id_, "statement": pack.fact(id_).statement} for id_ in prompt.facts],
        "follow_ups": [
            {"key": f.key, "when": when(f.condition), "text": f.text} for f in prompt.follow_ups
        ],
    }
