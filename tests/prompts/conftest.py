"""A small sound pack, written to disk file by file, so that a test can spoil one of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

SOUND = {
    "pack.yaml": "id: canal-age\ntitle: The canal age\nsummary: Who dug the canals.\n",
    "sources.yaml": """\
references:
  - id: diary
    type: book
    title: A Navvy's Diary
    kind: book
    author:
      - family: Spade
        given: Ann
      - literal: The Cut Society
    issued: 1796
    locators:
      p4: page 4
      p5: page 5
  - id: remarks
    type: post
    title: A Navvy's Diary
    kind: comment
    locators:
      c1: comment 1
""",
    "facts.yaml": """\
- id: F1
  statement: >-
    The diary reports that forty navvies
    dug the cut in May 1796.
  topics: [navvies, wages]
  aliases: [diggers]
  dates: [1796-05]
  disputed_by: [F2]
  citations:
    - source: diary
      locator: p4
      terms: [forty navvies, May 1796]
- id: F2
  statement: A commenter counts 30 of them.
  topics: [navvies]
  citations:
    - source: remarks
      locator: c1
      terms: [thirty]
""",
    "prompts/who-dug-it.md": """\
---
title: Who dug it?
kind: critique
tags: [navvies]
sides:
  navvies: The navvies did
  investors: Nobody digs without investors
facts: [F1]
follow-ups:
  - after: 48
    text: Two days on.
  - replies: 4
    text: Four of you.
  - silence: 24
    text: Nobody?
---
The plaque names
an engineer.

Whose work is it?
- a duke's
- a navvy's
""",
}

WritePack = Callable[[Mapping[str, str | bytes | None]], Path]


@pytest.fixture
def write_pack(tmp_path: Path) -> WritePack:
    """Writes the sound pack with some files exchanged, added, or (None) left out."""

    def write(changes: Mapping[str, str | bytes | None]) -> Path:
        folder = tmp_path / "pack"
        (folder / "prompts").mkdir(parents=True)
        for name, text in {**SOUND, **changes}.items():
            if text is not None:
                raw = text.encode() if isinstance(text, str) else text
                (folder / name).write_bytes(raw)
        return folder

    return write


@pytest.fixture
def sound() -> Mapping[str, str]:
    """The texts of the sound pack by file."""
    return SOUND
