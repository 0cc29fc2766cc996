"""What a pack compares, from subjects.yaml: subjects side by side in a few dimensions."""

import re

import yaml

from prompts.models import Cell, Dimension, Subject
from prompts.sheets.strict_yaml import SLUG, Sheet, known

MAX_DIMENSIONS = 6
MAX_SUBJECTS = 30
MAX_LIST = 30

_KEY = re.compile("[a-z]+(-[a-z]+)*")
_OWN_KEYS = ("id", "name", "aliases")


def read_subjects(
    sheet: Sheet, root: yaml.Node | None
) -> tuple[tuple[Dimension, ...], tuple[Subject, ...]]:
    """The dimensions, and the subjects with a cell for each of which a source speaks."""
    if root is None:
        return (), ()
    fields = sheet.fields(root, "The file", ("dimensions", "subjects"))
    dimensions = tuple(
        Dimension(
            _key(sheet, key, value),
            sheet.text(value, "A dimension's label", 60),
        )
        for key, value in sheet.pairs(
            fields.get("dimensions"), "The map of dimensions", MAX_DIMENSIONS
        )
    )
    nodes = sheet.items(fields.get("subjects"), "The list of subjects", MAX_SUBJECTS)
    return dimensions, known(_read_subject(sheet, node, dimensions) for node in nodes)


def _key(sheet: Sheet, key: str, value: yaml.Node) -> str:
    if not _KEY.fullmatch(key) or key in _OWN_KEYS:
        sheet.say(value, f"A dimension's key cannot be {key!r}: write it like 'incentive'.")
    return key


def _read_subject(
    sheet: Sheet, node: yaml.Node, dimensions: tuple[Dimension, ...]
) -> Subject | None:
    keys = tuple(dimension.key for dimension in dimensions)
    fields = sheet.fields(node, "A subject", ("id", "name"), ("aliases", *keys))
    cells = {key: _read_cell(sheet, fields[key]) for key in keys if key in fields}
    subject = Subject(
        id=sheet.matching(fields.get("id"), "A subject's id", SLUG, "john-henry"),
        name=sheet.text(fields.get("name"), "A subject's name", 60),
        aliases=sheet.texts(fields.get("aliases"), "The list of aliases", 60, MAX_LIST),
        cells={key: cell for key, cell in cells.items() if cell is not None},
        line=sheet.line(node),
    )
    return subject if subject.id else None


def _read_cell(sheet: Sheet, node: yaml.Node) -> Cell | None:
    fields = sheet.fields(node, "A cell", ("text", "facts"))
    sheet.filled(fields.get("facts"), "A cell needs at least one fact.")
    text = sheet.text(fields.get("text"), "The text", 300)
    facts = sheet.texts(fields.get("facts"), "The list of facts", 80, MAX_LIST)
    return Cell(text, facts, sheet.line(node)) if text else None
