"""YAML that strangers wrote, read as plain text values with the line of each.

Only mappings, lists and scalars: no tags, anchors, aliases or second documents, no duplicated or
unknown keys. Nothing is constructed from the YAML; every value is its text.
"""

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from prompts.problems import Problem

MAX_DEPTH = 8

# Control characters other than tab and line feed, halves of surrogate pairs, line separators that
# editors hide, marks that reverse the text around them, and what is no character at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "seq", "map")
}

SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

Fields = dict[str, yaml.Node]


class _StrictLoader(yaml.SafeLoader):
    """Refuses, while the tree is built, what could make it larger than its text."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="YAML anchors (&) and aliases (*) are not allowed: write the value out",
                problem_mark=event.start_mark,
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem=f"lists and mappings nest more than {MAX_DEPTH} deep",
                problem_mark=event.start_mark,
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass
class Sheet:
    """One file as it is read: what was wrong so far; a wrong value is read as an empty one.

    `lines_before` counts the lines of the file that stand before its YAML.
    """

    path: str
    lines_before: int = 0
    problems: list[Problem] = field(default_factory=list)

    def say(self, where: yaml.Node | int, sentence: str) -> None:
        """Note a problem, at a node or at a line of the file (0: the file as a whole)."""
        line = where if isinstance(where, int) else self.line(where)
        self.problems.append(Problem(self.path, line, sentence))

    def line(self, node: yaml.Node) -> int:
        """The line of the file a node starts on, from 1."""
        return int(node.start_mark.line) + 1 + self.lines_before

    def seen(self, text: str) -> bool:
        """Whether all of the file's text can be seen; says where not."""
        found = _UNSEEN.search(text)
        if found is None:
            return True
        line = text.count("\n", 0, found.start()) + 1
        self.say(line, f"{_code(found[0])} is a character nobody can see: take it out.")
        return False

    def compose(self, text: str) -> yaml.Node | None:
        """The tree of one YAML document; None where there is none, with the problem noted."""
        try:
            root = _StrictLoader(text).get_single_node()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = mark.line + 1 + self.lines_before if mark else 0
            self.say(line, f"This is not YAML we read: {error.problem}.")
            return None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            reason = str(error).splitlines()[0]
            self.say(0, f"This is not YAML we read: {reason}.")
            return None
        if root is None:
            self.say(1 + self.lines_before, "There is nothing here.")
        return root

    def fields(
        self, node: yaml.Node, what: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> Fields:
        """The known keys of a mapping; unknown, repeated and missing ones are noted."""
        required = tuple(required)
        known = (*required, *optional)
        found: Fields = {}
        for key, key_node, value in self._pairs(node, what):
            if key in known:
                found[key] = value
            else:
                self.say(key_node, f"{what} has no key {shown(key)}{did_you_mean(key, known)}.")
        if isinstance(node, yaml.MappingNode):
            for key in required:
                if key not in found:
                    self.say(node, f"{what} needs the key {key!r}.")
        return found

    def pairs(self, node: yaml.Node | None, what: str, limit: int) -> list[tuple[str, yaml.Node]]:
        """The keys and values of a mapping whose keys are the writer's own."""
        if node is None:
            return []
        pairs = [(key, value) for key, _, value in self._pairs(node, what)]
        if len(pairs) > limit:
            self.say(node, f"{what} holds {len(pairs)} entries; the most is {limit}.")
        return pairs[:limit]

    def _pairs(self, node: yaml.Node, what: str) -> list[tuple[str, yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode) or not self._is_plain(node):
            self.say(node, f"{what} should be written as key: value lines.")
            return []
        found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
        for key_node, value in node.value:
            key = self.text(key_node, "A key", 200)
            if key in found:
                self.say(key_node, f"{what} has the key {shown(key)} twice: keep one.")
            elif key:
                found[key] = (key, key_node, value)
        return list(found.values())

    def items(self, node: yaml.Node | None, what: str, limit: int) -> list[yaml.Node]:
        """The entries of a list; none where the key was left out."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode) or not self._is_plain(node):
            self.say(node, f"{what} should be a list, with a dash before each entry.")
            return []
        if len(node.value) > limit:
            self.say(node, f"{what} holds {len(node.value)} entries; the most is {limit}.")
        return list(node.value[:limit])

    def text(self, node: yaml.Node | None, what: str, limit: int) -> str:
        """A value as one line of text, its white space collapsed; at most `limit` characters."""
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not self._is_plain(node):
            self.say(node, f"{what} should be a single piece of text.")
            return ""
        value = str(node.value)
        hidden = _UNSEEN.search(value)
        if hidden is not None:
            code = _code(hidden[0])
            self.say(node, f"{what} holds {code}, a character nobody can see: take it out.")
            return ""
        value = " ".join(value.split())
        # An unquoted ~ or null is YAML's way to say that there is nothing.
        if not value or (node.style is None and value in {"~", "null", "Null", "NULL"}):
            self.say(node, f"{what} is empty: write it, or leave its key out.")
            return ""
        if len(value) > limit:
            self.say(node, f"{what} is {len(value)} characters long; the most is {limit}.")
            return ""
        return value

    def texts(self, node: yaml.Node | None, what: str, each: int, limit: int) -> tuple[str, ...]:
        """A list of one-line texts without repeats."""
        found: list[str] = []
        for item in self.items(node, what, limit):
            value = self.text(item, f"An entry of {what[0].lower()}{what[1:]}", each)
            if value and value in found:
                self.say(item, f"{what} names {shown(value)} twice: keep one.")
            elif value:
                found.append(value)
        return tuple(found)

    def choice(self, node: yaml.Node | None, what: str, among: Collection[str]) -> str | None:
        """One of a closed set of words; None, with the problem noted, where it is another."""
        value = self.text(node, what, 200)
        if not value or value in among:
            return value or None
        if node is not None:
            hint = did_you_mean(value, among) or f": it should be one of {', '.join(among)}"
            self.say(node, f"{what} cannot be {shown(value)}{hint}.")
        return None

    def matching(
        self, node: yaml.Node | None, what: str, shape: re.Pattern[str], example: str
    ) -> str:
        """A value of a given shape; a wrong one is noted, with an example, and still given."""
        value = self.text(node, what, 64)
        if value and node is not None and not shape.fullmatch(value):
            self.say(node, f"{what} cannot be {shown(value)}: write it like {example!r}.")
        return value

    def filled(self, node: yaml.Node | None, sentence: str) -> None:
        """Note the sentence where a list has no entries."""
        # What is no list at all is said once, by whoever reads it as one.
        if isinstance(node, yaml.SequenceNode) and not node.value:
            self.say(node, sentence)

    def number(self, node: yaml.Node, what: str, most: int) -> int:
        """A whole number from 1 to `most`."""
        value = self.text(node, what, 200)
        number = int(value) if re.fullmatch("[0-9]{1,6}", value) else 0
        if value and not 1 <= number <= most:
            self.say(node, f"{what} should be a whole number from 1 to {most}.")
        return number

    def _is_plain(self, node: yaml.Node) -> bool:
        if node.tag in _PLAIN_TAGS:
            return True
        self.say(node, f"The YAML tag {shown(node.tag)} is not allowed: take it out.")
        return False


_T = TypeVar("_T")


def known(found: Iterable[_T | None]) -> tuple[_T, ...]:
    """What could be read of a list."""
    return tuple(thing for thing in found if thing is not None)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """` (did you mean 'title'?)` where a known word is near, else nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def shown(text: str) -> str:
    """A writer's own words in quotation marks, cut to what fits in a sentence."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
