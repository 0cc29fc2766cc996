"""xAPI statements, held against a schema of the specification and against what a store would do."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.core.participation import Rule
from bot.core.report_model import Report
from bot.reports.xapi import Xapi
from tests.reports import made

SCHEMA = json.loads((Path(__file__).parent / "xapi.schema.json").read_text("utf-8"))
HOME = "https://bot.example"


def statements(report: Report, home: str = HOME) -> list[Any]:
    found = json.loads(Xapi(home)(report, "participation").content)
    assert isinstance(found, list)
    return found


def verbs(found: list[Any]) -> list[str]:
    return [one["verb"]["display"]["en"] for one in found]


@pytest.mark.parametrize("report", [made.a_report(), made.empty_report()], ids=["full", "empty"])
def test_they_are_as_the_specification_has_them(report: Report) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(statements(report))


def test_each_message_of_a_student_is_said_and_a_deleted_one_voided() -> None:
    found = statements(made.a_report())
    assert verbs(found) == [
        "Created", "Created",  # D1, D2
        "Commented",  # 1
        "Replied", "Edited",  # 2
        "Commented", "Edited", "Voided", "Voided",  # 3; and 4 is a teacher's
        "Commented",  # 5
    ]  # fmt: skip
    said, edited, *voided = found[5:9]
    assert [one["object"]["id"] for one in voided] == [said["id"], edited["id"]]


def test_a_statement_leads_to_the_message_and_names_its_discussion_and_course() -> None:
    reply = statements(made.a_report())[3]
    assert reply["object"]["id"] == "https://bot.example/courses/1/messages/2"
    assert reply["object"]["definition"]["moreInfo"] == "https://chat.example/c/1/2"
    assert reply["timestamp"] == "2026-09-07T09:32:15.123Z"
    around = reply["context"]["contextActivities"]
    assert around["parent"][0]["id"] == "https://bot.example/courses/1/discussions/D1"
    assert around["grouping"][0]["id"] == "https://bot.example/courses/1"
    relative = statements(made.a_report())[-1]
    assert "moreInfo" not in relative["object"]["definition"], "it leads nowhere from elsewhere"


def test_nobody_is_named_and_each_is_one_account() -> None:
    content = Xapi(HOME)(made.a_report(), "x").content.decode()
    assert not any(name in content for name in made.NAMES)
    assert '"u1"' not in content, "the id on the platform is no opaque one"
    twice = made.a_report(messages=(made.message(1), made.message(2)))
    accounts = [one["actor"]["account"]["name"] for one in statements(twice)[2:]]
    assert len(set(accounts)) == 1


def test_exported_again_they_are_the_same_whatever_else_has_changed() -> None:
    """A store refuses another statement of the same id: titles, names and counts are not in it."""
    report = made.a_report()
    later = replace(
        report,
        as_of=report.as_of + timedelta(days=30),
        course="Renamed",
        replies=made.replies([*report.replies.rows, made.message(9, words=77)]),
    )
    before, after = statements(report), statements(later)
    assert after[: len(before)] == before
    assert len({one["id"] for one in after}) == len(after)


def test_what_is_deleted_later_voids_what_was_said_before() -> None:
    """…though nothing leads to the message any more."""
    before = statements(made.a_report(messages=(made.message(1),)))
    gone = made.message(1, counted="no", rule=Rule.DELETED.value, link=None, words=0)
    *said, voiding = statements(made.a_report(messages=(gone,)))
    assert [one["id"] for one in said] == [one["id"] for one in before]
    assert voiding["object"]["id"] == before[-1]["id"]


def test_the_future_is_left_for_later() -> None:
    ahead = made.message(1, sent=made.AS_OF + timedelta(seconds=1))
    assert verbs(statements(made.a_report(messages=(ahead,)))) == ["Created", "Created"]


def test_another_installation_makes_other_statements() -> None:
    ours, theirs = statements(made.a_report()), statements(made.a_report(), "https://other.example")
    assert not {one["id"] for one in ours} & {one["id"] for one in theirs}


def test_with_pseudonyms_the_accounts_are_these() -> None:
    report = replace(made.a_report(), pseudonymised=True)
    found = Counter(one["actor"]["account"]["name"] for one in statements(report))
    assert set(found) == {"coalface", "u1", "u2", "u3", "u4"}
