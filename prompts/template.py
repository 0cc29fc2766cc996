"""The files of a new pack: a small example that works, with comments that teach."""

import json
import re
from pathlib import Path

from prompts.models import FACTS_FILE, PACK_FILE, PROMPTS_FOLDER, SOURCES_FILE, SUBJECTS_FILE

MAX_ID = 64
MAX_TITLE = 100


class CannotWriteError(ValueError):
    """Why a new pack can't be written; one sentence."""


def write_new(folder: Path, title: str | None = None) -> list[Path]:
    """Write a new pack into a folder that is empty or not there yet; the files, in order.

    The pack's id is made from the folder's name, and so is its title where none is given. Raises
    CannotWriteError.
    """
    pack_id = id_from(folder.resolve().name)
    if not pack_id:
        raise CannotWriteError(
            f"The folder's name becomes the pack's id, and “{folder.resolve().name}” has no letter "
            f"or digit of a to z and 0 to 9, or more than {MAX_ID} of them: name it like canal-age."
        )
    title = " ".join((title or pack_id.replace("-", " ").capitalize()).split())
    if not 0 < len(title) <= MAX_TITLE or not title.isprintable():
        raise CannotWriteError(f"A title is a line of 1 to {MAX_TITLE} characters.")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CannotWriteError(f"{folder} is not empty; name a new folder.")
    written = []
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = text.replace("{id}", pack_id).replace("{title}", _quoted(title))
        path.write_text(filled, "utf-8", newline="\n")
        written.append(path)
    return written


def id_from(name: str) -> str:
    """A pack's id from a folder's name: `canal-age` of `Canal Age`; empty where there is none."""
    made = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    return made if len(made) <= MAX_ID else ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON's quoting is YAML's too


_PACK = """\
# What the pack is about. Keep the id for good: courses are set up with it.
id: {id}
title: {title}
summary: >-
  An example of a pack, to be written over: who dug a canal, as a diary and a letter tell it.
"""

_SOURCES = """\
# The documents that the facts cite, in CSL-YAML, the citation standard. Leave out what your copy
# does not state (author, issued, publisher, URL …); put a title of your own in square brackets.
references:
  - id: diary
    type: book
    # blog, comment, essay, book or document: how far its word carries.
    kind: document
    title: A Navvy's Diary
    author:
      - family: Spade
        given: Ann
    issued: 1797
    # The places that can be cited: a short name of your own, and how a reader would look it up.
    locators:
      p4: page 4

  - id: letter
    type: manuscript
    kind: document
    title: "[Letter of an engineer to the canal's owner]"
    # If you have a copy as a text file, name it, and say with which words each place begins and
    # ends. Then `coalface pack check FOLDER --texts TEXTS` looks every citation up in it:
    #
    # text: letter.txt
    # locators:
    #   p1:
    #     label: paragraph 1
    #     begins: Sir, the work proceeds
    #     ends: before the frost.
    # left_out:
    #   - begins: I remain, Sir,
    #     reason: A courtesy.
    locators:
      p1: paragraph 1
"""

_FACTS = """\
# One statement each, in your own words, that says who says so. The ids stay with their facts for
# good: a fact that goes leaves its number unused.

- id: F1
  # A few words to list it by.
  title: Forty diggers in the diary
  statement: Ann Spade's diary reports that forty navvies dug the cut in 1796.
  topics: [navvies, diggers]
  # Other words that students may type.
  aliases: [workers, labourers]
  # 1796, 1796-05, 1796-05-31 or 1793/1796.
  dates: [1796]
  # The fact that says otherwise; `corrects` names one whose slip this fact puts right.
  disputed_by: [F2]
  citations:
    - source: diary
      locator: p4
      # Copied letter for letter from that place. Every number, date and name of the statement has
      # to be among the terms of its citations.
      terms: [forty navvies, the cut, "1796"]

- id: F2
  title: Thirty diggers in the letter
  statement: The engineer's letter counts thirty diggers, and complains of their pay.
  topics: [navvies, diggers, pay]
  citations:
    - source: letter
      locator: p1
      terms: [thirty diggers, the wages they demand]
"""

_SUBJECTS = """\
# What can be compared side by side: the dimensions, and the subjects with a cell for each dimension
# that a fact speaks of. Leave this file out if there is nothing to compare.
dimensions:
  numbers: How many there were
  pay: What they were paid

subjects:
  - id: diary
    name: The diary
    aliases: [navvy's diary]
    numbers:
      text: Forty navvies at the cut.
      facts: [F1]

  - id: letter
    name: The letter
    numbers:
      text: Thirty diggers.
      facts: [F2]
    pay:
      text: More than the engineer liked.
      facts: [F2]
"""

_PROMPT = """\
---
# The file's name is the prompt's id. The kind is one of comparison, analogy, incentive, critique,
# source-check and counterfactual.
title: Forty or thirty?
kind: source-check
tags: [navvies, figures]
# Two to five sides, or leave them out.
sides:
  diary: The diary counted right
  letter: The letter counted right
# Facts that belong to it.
facts: [F1, F2]
# Each is posted once: at so many replies, so many hours after the prompt, or after so many hours
# of silence.
follow-ups:
  - replies: 4
    text: Who gained by a larger number, and who by a smaller one?
  - after: 48
    text: Two days on, has anybody changed sides? Say what moved you.
  - silence: 24
    text: Nobody has asked yet who was counted at all.
---
A diary counts forty people at the cut, and a letter thirty. Both were there.

Which would you believe, and what would you have to know to be sure? Take a side and bring one
reason.
"""

_FILES = {
    PACK_FILE: _PACK,
    SOURCES_FILE: _SOURCES,
    FACTS_FILE: _FACTS,
    SUBJECTS_FILE: _SUBJECTS,
    f"{PROMPTS_FOLDER}/one.md": _PROMPT,
}
