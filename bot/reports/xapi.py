"""A report's messages as xAPI 1.0.3 statements, for a learning record store (adlnet/xAPI-Spec).

A store keeps a statement for good and refuses another of the same id, so that a statement holds
only what never changes and its id is made of that: exported again it is the same. What was deleted
is said and then voided. No text, no name: who wrote is an opaque account. As of when and by which
definitions it was exported is therefore not in `context.extensions` but in the file beside it.

The object of a statement is named by an address of ours, and `moreInfo` holds the permalink, which
would not do as the name: a deleted message has none any more, and yet must be voided under the name
it was said by; with pseudonyms it would lead to the author; in the browser classroom it is no IRI;
and a workspace that is renamed changes all of them. `moreInfo` may come and go: an activity's
definition is excepted from what must not change (xAPI 1.0.3, Data, Statement Immutability).
"""

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.core.commands import File
from bot.core.participation import Rule
from bot.core.report_model import Cell, Report

_VERBS = {
    "created": "http://activitystrea.ms/create",
    "commented": "http://adlnet.gov/expapi/verbs/commented",
    "replied": "http://id.tincanapi.com/verb/replied",
    "edited": "https://w3id.org/xapi/acrossx/verbs/edited",
    "voided": "http://adlnet.gov/expapi/verbs/voided",
}
_TYPES = {
    "course": "http://adlnet.gov/expapi/activities/course",
    "discussion": "http://id.tincanapi.com/activitytype/discussion",
    "message": "http://id.tincanapi.com/activitytype/forum-reply",
}
_BOT = "coalface"

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Xapi:
    """Implements `bot.core.ports.Exporter`. `home` is the address (http or https) under which the
    accounts and activities of this installation are named: another makes other statements."""

    home: str

    def __call__(self, report: Report, name: str) -> File:
        """A JSON array, a statement a line: discussions opened, then students' messages, oldest
        first, whether they count or not."""
        held, before = io.BytesIO(), b"[\n"
        for statement in _Statements(report, self.home.rstrip("/")):
            line = json.dumps(statement, ensure_ascii=False, separators=(",", ":"))
            held.write(before + line.encode())
            before = b",\n"
        held.write(b"\n]\n" if before != b"[\n" else b"[]\n")
        return File(f"{name}-xapi.json", "application/json", held.getvalue())


class _Statements:
    def __init__(self, report: Report, home: str) -> None:
        self._report, self._home = report, home
        self._course = f"{home}/courses/{report.course_id}"
        self._namespace = uuid5(NAMESPACE_URL, self._course)
        self._accounts = self._opaque_accounts()

    def __iter__(self) -> Iterator[Statement]:
        for row in self._report.discussions.rows:
            yield from self._opened(dict(zip(self._report.discussions.names, row, strict=True)))
        for row in self._report.replies.rows:
            yield from self._written(dict(zip(self._report.replies.names, row, strict=True)))

    def _opaque_accounts(self) -> dict[Cell, str]:
        """Of each student, as the tables name them: their pseudonym, or a UUID made of their id."""
        place = self._report.students.names.index("member")
        shown = [row[place] for row in self._report.students.rows]
        if self._report.pseudonymised:
            return {cell: str(cell) for cell in shown}
        return {
            cell: str(uuid5(self._namespace, f"member {id_}"))
            for cell, id_ in zip(shown, self._report.members, strict=True)
            if id_ is not None
        }

    def _opened(self, row: Mapping[str, Cell]) -> Iterator[Statement]:
        opened = row["opened"]
        if isinstance(opened, datetime) and self._is_past(opened):
            activity = _activity(self._discussion(row), "discussion")
            yield self._statement(_BOT, "created", activity, opened, parent=None)

    def _written(self, row: Mapping[str, Cell]) -> Iterator[Statement]:
        sent, account = row["sent"], self._accounts.get(row["member"])
        if account is None or not isinstance(sent, datetime) or not self._is_past(sent):
            return
        message, parent = self._message(row), self._discussion(row)
        verb = "replied" if row["kind"] == "reply" else "commented"
        said = self._statement(account, verb, message, sent, parent)
        made = [said]
        if isinstance(edited := row["edited"], datetime) and self._is_past(edited):
            made.append(self._statement(account, "edited", message, edited, parent))
        yield from made
        if row["rule"] == Rule.DELETED.value:
            # When it was deleted is not in a report, and a store dates what has no date.
            for statement in made:
                target = {"objectType": "StatementRef", "id": statement["id"]}
                yield self._statement(_BOT, "voided", target, None, None)

    def _is_past(self, at: datetime) -> bool:
        """A store refuses the future: what a platform's clock puts there is exported later."""
        return at <= self._report.as_of

    def _discussion(self, row: Mapping[str, Cell]) -> str:
        return f"{self._course}/discussions/{row['discussion']}"

    def _message(self, row: Mapping[str, Cell]) -> Mapping[str, Any]:
        """The activity, with its permalink where that leads everywhere."""
        activity = _activity(f"{self._course}/messages/{row['message']}", "message")
        link = str(row["link"] or "")
        if not link.startswith(("https://", "http://")):
            return activity
        return {**activity, "definition": {**activity["definition"], "moreInfo": link}}

    def _statement(
        self,
        account: str,
        verb: str,
        object_: Mapping[str, Any],
        at: datetime | None,
        parent: str | None,
    ) -> Statement:
        statement: Statement = {
            "actor": {
                "objectType": "Agent",
                "account": {"homePage": self._home, "name": account},
            },
            "verb": {"id": _VERBS[verb], "display": {"en": verb.capitalize()}},
            "object": object_,
        }
        if at is not None:
            instant = at.astimezone(UTC).isoformat(timespec="milliseconds")
            statement["timestamp"] = instant.replace("+00:00", "Z")
        if verb != "voided":
            statement["context"] = self._context(parent)
        return {"id": str(self._id(statement)), **statement}

    def _context(self, parent: str | None) -> Mapping[str, Any]:
        around: dict[str, Any] = {"grouping": [_around(self._course, "course")]}
        if parent is not None:
            around = {"parent": [_around(parent, "discussion")], **around}
        return {"platform": "Coalface", "contextActivities": around}

    def _id(self, statement: Statement) -> UUID:
        """Made of who, what, of what and when: what an activity is defined as may change."""
        account = statement["actor"]["account"]["name"]
        named = (account, statement["verb"]["id"], statement["object"]["id"])
        return uuid5(self._namespace, json.dumps([*named, statement.get("timestamp")]))


def _activity(iri: str, kind: str) -> Mapping[str, Any]:
    return {"objectType": "Activity", **_around(iri, kind)}


def _around(iri: str, kind: str) -> Mapping[str, Any]:
    return {"id": iri, "definition": {"type": _TYPES[kind]}}
