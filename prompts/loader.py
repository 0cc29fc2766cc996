"""A pack from its folder. Whoever wrote the folder is not trusted: see files and strict_yaml.

`load` refuses what cannot be read and what points nowhere; whether the evidence is all there is
for prompts.checks to say.
"""

from pathlib import Path

import yaml

from prompts.checks import check_relations
from prompts.models import (
    CHECKED_FILE,
    FACTS_FILE,
    PACK_FILE,
    SOURCES_FILE,
    SUBJECTS_FILE,
    Pack,
    Prompt,
)
from prompts.problems import PackError, Problem
from prompts.sheets.fact_sheet import MAX_FACTS, read_facts
from prompts.sheets.files import read_folder
from prompts.sheets.prompt_sheet import read_prompt
from prompts.sheets.source_sheet import read_sources
from prompts.sheets.strict_yaml import SLUG, Sheet
from prompts.sheets.subject_sheet import read_subjects

__all__ = ["PackError", "load"]


_DATA = (SOURCES_FILE, FACTS_FILE, SUBJECTS_FILE, CHECKED_FILE)


def load(folder: Path) -> Pack:
    """The pack in this folder.

    Raises PackError with every problem found: unreadable files, values that are missing, too
    long or unknown, and ids that repeat or point nowhere. Reads the disk: keep it off the event
    loop.
    """
    texts, problems = read_folder(folder)
    head = _read_head(_sheet(PACK_FILE, problems), texts)
    sheets = {path: _sheet(path, problems) for path in _DATA}
    roots = {path: _root(sheet, texts) for path, sheet in sheets.items()}
    dimensions, subjects = read_subjects(sheets[SUBJECTS_FILE], roots[SUBJECTS_FILE])
    pack = Pack(
        *head,
        sources=read_sources(sheets[SOURCES_FILE], roots[SOURCES_FILE]),
        facts=read_facts(sheets[FACTS_FILE], roots[FACTS_FILE]),
        prompts=_read_prompts(texts, problems),
        dimensions=dimensions,
        subjects=subjects,
        checked=_read_checked(sheets[CHECKED_FILE], roots[CHECKED_FILE]),
    )
    # A fact that could not be read would make every mention of it look wrong as well.
    if not problems:
        problems += check_relations(pack)
    if problems:
        raise PackError(folder, tuple(_in_file_order(problems)))
    return pack


def _in_file_order(problems: list[Problem]) -> list[Problem]:
    files = list(dict.fromkeys((".", PACK_FILE, *_DATA)))
    return sorted(
        dict.fromkeys(problems),
        key=lambda found: (
            files.index(found.path) if found.path in files else len(files),
            found.path,
            found.line,
        ),
    )


def _sheet(path: str, problems: list[Problem]) -> Sheet:
    return Sheet(path, problems=problems)


def _root(sheet: Sheet, texts: dict[str, str]) -> yaml.Node | None:
    text = texts.get(sheet.path)
    if text is None or not sheet.seen(text):
        return None
    return sheet.compose(text)


def _read_head(sheet: Sheet, texts: dict[str, str]) -> tuple[str, str, str]:
    root = _root(sheet, texts)
    if root is None:
        return "", "", ""
    fields = sheet.fields(root, "The pack", ("id", "title", "summary"))
    pack_id = sheet.matching(fields.get("id"), "The pack's id", SLUG, "soviet-labor")
    title = sheet.text(fields.get("title"), "The pack's title", 100)
    return pack_id, title, sheet.text(fields.get("summary"), "The pack's summary", 600)


def _read_checked(sheet: Sheet, root: yaml.Node | None) -> dict[str, str]:
    if root is None:
        return {}
    pairs = sheet.pairs(root, "The record of the last check", MAX_FACTS)
    return {fact: sheet.text(value, "A fingerprint", 64) for fact, value in pairs}


def _read_prompts(texts: dict[str, str], problems: list[Problem]) -> tuple[Prompt, ...]:
    found = []
    for path, text in texts.items():
        if path.endswith(".md"):
            sheet = _sheet(path, problems)
            stem = Path(path).stem
            if len(stem) > 64 or not SLUG.fullmatch(stem):
                sheet.say(
                    0,
                    "The file's name is the prompt's id: write it in lower case letters, digits "
                    "and hyphens, at most 64 of them.",
                )
            elif sheet.seen(text):
                found.append(read_prompt(sheet, stem, text))
    return tuple(found)
