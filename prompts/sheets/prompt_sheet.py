"""A prompt from its file: front matter in YAML between --- lines, then the text to discuss."""

import re

import yaml

from prompts.models import (
    After,
    Condition,
    FollowUp,
    Prompt,
    PromptKind,
    Replies,
    Side,
    Silence,
)
from prompts.sheets.strict_yaml import Sheet, shown

MAX_TEXT = 4_000
MAX_FOLLOW_UP = 1_000
MAX_FOLLOW_UPS = 10
MAX_TAGS = 10
MAX_FACTS = 30
# A row of buttons holds five on Discord (Components reference, Action Row).
MAX_SIDES = 5
# A button's label holds 75 characters on Slack (Block Kit reference, button element).
MAX_LABEL = 75
MAX_HOURS = 24 * 60
MAX_REPLIES = 1_000

_FENCE = "---"
_KEY = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_OWN_LINE = re.compile(r"([-*+>]|\d+[.)])\s")


def read_prompt(sheet: Sheet, prompt_id: str, text: str) -> Prompt:
    """The prompt in a file's text; what is wrong with it goes to the sheet."""
    front, body = _cut(sheet, text)
    sheet.lines_before = 1
    root = sheet.compose(front) if front is not None else None
    fields = {}
    if root is not None:
        fields = sheet.fields(
            root, "The front matter", ("title", "kind"), ("tags", "sides", "facts", "follow-ups")
        )
    kind = sheet.choice(fields.get("kind"), "The kind", [kind.value for kind in PromptKind])
    if front is not None and not body:
        sheet.say(0, "The prompt has no text: write it below the front matter.")
    if len(body) > MAX_TEXT:
        sheet.say(0, f"The text is {len(body)} characters long; the most is {MAX_TEXT}.")
    follow_ups = sheet.items(fields.get("follow-ups"), "The list of follow-ups", MAX_FOLLOW_UPS)
    return Prompt(
        id=prompt_id,
        title=sheet.text(fields.get("title"), "The title", 80),
        text=body,
        tags=sheet.texts(fields.get("tags"), "The list of tags", 40, MAX_TAGS),
        kind=PromptKind(kind or PromptKind.CRITIQUE),
        sides=_read_sides(sheet, fields.get("sides")),
        facts=sheet.texts(fields.get("facts"), "The list of facts", 80, MAX_FACTS),
        follow_ups=_read_follow_ups(sheet, follow_ups),
        line=1,
    )


def unwrap(text: str) -> str:
    """Paragraphs with their lines joined, parted by one empty line; list lines keep their own."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in map(str.strip, block.splitlines()):
            if lines and not _OWN_LINE.match(line):
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def _cut(sheet: Sheet, text: str) -> tuple[str | None, str]:
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        sheet.say(1, "A prompt opens with front matter: its first line should be ---.")
        return None, ""
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            return "\n".join(lines[1:number]), unwrap("\n".join(lines[number + 1 :]))
    sheet.say(1, "The front matter has no end: close it with a line of ---.")
    return None, ""


def _read_sides(sheet: Sheet, node: yaml.Node | None) -> tuple[Side, ...]:
    if node is None:
        return ()
    sides = []
    for key, value in sheet.pairs(node, "The map of sides", MAX_SIDES):
        if len(key) > 40 or not _KEY.fullmatch(key):
            sheet.say(value, f"A side's key cannot be {shown(key)}: write it like 'ideology'.")
        sides.append(Side(key, sheet.text(value, "A side's label", MAX_LABEL)))
    if len(sides) == 1:
        sheet.say(node, "One side is no choice: name two or more, or leave them out.")
    labels = [side.label for side in sides]
    if len(set(labels)) < len(labels):
        sheet.say(node, "Two sides have the same label.")
    return tuple(sides)


def _read_follow_ups(sheet: Sheet, nodes: list[yaml.Node]) -> tuple[FollowUp, ...]:
    found: dict[str, FollowUp] = {}
    for node in nodes:
        fields = sheet.fields(node, "A follow-up", ("text",), ("after", "replies", "silence"))
        text = sheet.text(fields.get("text"), "A follow-up's text", MAX_FOLLOW_UP)
        condition = _read_condition(sheet, node, fields)
        if condition is None:
            continue
        follow_up = FollowUp(text, condition)
        if follow_up.key in found:
            sheet.say(node, "Two follow-ups have the same condition: join them or change one.")
        found[follow_up.key] = follow_up
    return tuple(found.values())


def _read_condition(
    sheet: Sheet, node: yaml.Node, fields: dict[str, yaml.Node]
) -> Condition | None:
    named = [key for key in fields if key != "text"]
    if len(named) != 1:
        sheet.say(
            node,
            "A follow-up has one condition: after (hours since opening), replies (how many) or "
            "silence (hours without a reply).",
        )
        return None
    value = fields[named[0]]
    if named[0] == "replies":
        return Replies(sheet.number(value, "The number of replies", MAX_REPLIES))
    hours = sheet.number(value, "The number of hours", MAX_HOURS)
    return After(hours) if named[0] == "after" else Silence(hours)
