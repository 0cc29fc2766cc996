"""The files of a pack's folder, read as text: no links, no surprises, nothing too large."""

import os
from pathlib import Path

from prompts.models import (
    CHECKED_FILE,
    FACTS_FILE,
    PACK_FILE,
    PROMPTS_FOLDER,
    SOURCES_FILE,
    SUBJECTS_FILE,
)
from prompts.problems import Problem
from prompts.sheets.plain_file import LINK, NotReadableError, read_text
from prompts.sheets.strict_yaml import did_you_mean

MAX_BYTES = {PACK_FILE: 16_000, SOURCES_FILE: 200_000, FACTS_FILE: 1_000_000}
OPTIONAL_MAX_BYTES = {SUBJECTS_FILE: 200_000, CHECKED_FILE: 200_000}
MAX_PROMPT_BYTES = 32_000
MAX_PROMPTS = 300
MAX_ENTRIES = 1_000

_KNOWN = (*MAX_BYTES, *OPTIONAL_MAX_BYTES, PROMPTS_FOLDER)


def read_folder(folder: Path) -> tuple[dict[str, str], list[Problem]]:
    """The texts of a pack's files by their path in the folder, prompts last and by name.

    A file that cannot be read is left out and is a problem. Line ends come back as line feeds, a
    byte order mark is dropped. Files that are no part of a pack, such as a README.md, are passed
    over, but not YAML under an unknown name: that is a slip more often than not.
    """
    problems: list[Problem] = []
    if not folder.is_dir():
        return {}, [Problem(".", 0, "There is no folder of this name.")]
    for name in _names(folder, ".", problems):
        if name not in _KNOWN and name.lower().endswith((".yaml", ".yml")):
            hint = did_you_mean(name, _KNOWN)
            problems.append(Problem(name, 0, f"A pack has no file of this name{hint}."))
    texts: dict[str, str] = {}
    for name, limit in MAX_BYTES.items():
        _read(folder, name, limit, texts, problems)
    for name, limit in OPTIONAL_MAX_BYTES.items():
        if os.path.lexists(folder / name):
            _read(folder, name, limit, texts, problems)
    for name in _prompt_files(folder, problems):
        _read(folder, f"{PROMPTS_FOLDER}/{name}", MAX_PROMPT_BYTES, texts, problems)
    return texts, problems


def _prompt_files(folder: Path, problems: list[Problem]) -> list[str]:
    inner = folder / PROMPTS_FOLDER
    if inner.is_symlink():
        problems.append(Problem(PROMPTS_FOLDER, 0, LINK))
        return []
    if not inner.is_dir():
        problems.append(Problem(PROMPTS_FOLDER, 0, "The pack needs a folder of this name."))
        return []
    found = []
    for name in _names(inner, PROMPTS_FOLDER, problems):
        if name.endswith(".md"):
            found.append(name)
        else:
            path = f"{PROMPTS_FOLDER}/{name}"
            problems.append(Problem(path, 0, "A prompt is a file whose name ends in .md."))
    if len(found) > MAX_PROMPTS:
        sentence = f"There are {len(found)} prompts; the most is {MAX_PROMPTS}."
        problems.append(Problem(PROMPTS_FOLDER, 0, sentence))
    return found[:MAX_PROMPTS]


def _names(folder: Path, path: str, problems: list[Problem]) -> list[str]:
    # Names that begin with a dot belong to editors and operating systems.
    names = []
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number >= MAX_ENTRIES:
                sentence = f"The folder holds more than {MAX_ENTRIES} files."
                problems.append(Problem(path, 0, sentence))
                break
            if not entry.name.startswith("."):
                names.append(entry.name)
    return sorted(names)


def _read(
    folder: Path, path: str, limit: int, texts: dict[str, str], problems: list[Problem]
) -> None:
    try:
        texts[path] = read_text(folder / path, limit)
    except FileNotFoundError:
        problems.append(Problem(path, 0, "The pack needs a file of this name."))
    except NotReadableError as refusal:
        problems.append(Problem(path, refusal.line, refusal.sentence))
    except OSError as error:
        reason = error.strerror or "unknown reason"
        problems.append(Problem(path, 0, f"The file cannot be read: {reason}."))
