"""Archives as they come in the world: broken, hostile, cut off in the middle, brought in again."""

import json
import os
import sqlite3
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from signal import SIGINT, SIGKILL
from subprocess import PIPE, Popen
from typing import Any

import pytest

from bot.core.errors import Refused
from bot.imports.discord_export import DiscordExport
from bot.imports.slack_export import SlackExport
from tests.imports.conftest import Shelf
from tests.programs import ROOT, environment, ran

USERS = [{"id": "U1", "profile": {"display_name": "Ada"}}, {"id": "U2", "name": "bo"}]


def said(ts: str, text: object = "one two", user: str = "U1", **more: object) -> dict[str, Any]:
    return {"type": "message", "user": user, "ts": ts, "text": text, **more}


def an_export(folder: Path, days: dict[str, object], **lists: object) -> Path:
    """A Slack export in which the days' values may be text that is no JSON."""
    lists = {"users": USERS, "channels": [{"id": "C1", "name": "general"}], **lists}
    for name, value in {**{f"{n}.json": v for n, v in lists.items()}, **days}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return folder


# --- what can't be read -------------------------------------------------------------------------


def test_bad_rows_are_told_with_file_and_position_and_the_others_are_taken(shelf: Shelf) -> None:
    title, folder = shelf.new()
    day = [
        said("1.1"),
        7,
        said("no time"),
        said("2.2", user=""),
        said("3.3", text=[1]),
        said("4.4"),
        said("6.6", thread_ts=6.6),
    ]
    broken = json.dumps([said("5.5")])[:-1] + ", {nonsense"
    export = an_export(
        folder, {"general/2024-09-02.json": day, "general/2024-09-03.json": broken,
                 "general/2024-09-04.json": "{}"},
    )  # fmt: skip
    brought = shelf.slack(export, title)
    assert [str(slip) for slip in brought.slips] == [
        "general/2024-09-02.json, row 2: it is no message",
        "general/2024-09-02.json, row 3: ts is no time such as 1725263100.000200",
        "general/2024-09-02.json, row 4: it says not who wrote it (user)",
        "general/2024-09-02.json, row 5: its text is none",
        "general/2024-09-02.json, row 7: thread_ts is no time such as 1725263100.000200",
        (
            "general/2024-09-03.json, line 1: what stands there is no JSON; what follows row 1 was"
            " skipped"
        ),
    ]
    assert (brought.messages, brought.unread) == (3, 6)
    assert shelf.report(brought.course.id)["U1"]["posts"] == "3"


def test_a_discord_file_that_breaks_off_gives_what_stands_before(shelf: Shelf) -> None:
    title, folder = shelf.new()
    row = {"id": "4194304", "type": "Default", "timestamp": "2015-01-01T00:00:00.001+00:00",
           "author": {"id": "9", "name": "ada"}, "content": "one\ntwo"}  # fmt: skip
    bad = {**row, "timestamp": "yesterday"}
    whole = json.dumps({"channel": {"id": "1", "name": "c"}, "messages": [row, bad, row]}, indent=1)
    file = folder / "cut.json"
    file.write_text(whole[: whole.rindex("one")])
    brought = shelf.discord([file], title)
    begins = whole.count("\n", 0, whole.rindex('"id": "4194304"'))
    assert [str(slip) for slip in brought.slips] == [
        "cut.json, message 2: timestamp is no time such as 2024-09-02T14:05:00.123+00:00",
        (
            f"cut.json, line {begins}: what stands there is no JSON; what follows message 2 was"
            " skipped"
        ),
    ]
    assert shelf.report(brought.course.id)["9"]["words"] == "2"


@pytest.mark.parametrize(
    ("lists", "says"),
    [
        ({"users": "[{"}, "users.json is damaged in line 1"),
        ({"channels": "nonsense"}, "channels.json is damaged in line 1"),
    ],
)
def test_without_the_lists_nobody_could_say_who_is_who(
    tmp_path: Path, lists: dict[str, object], says: str
) -> None:
    export = an_export(tmp_path, {"general/2024-09-02.json": [said("1.1")]}, **lists)
    with pytest.raises(Refused, match=says):
        SlackExport.open_(export)


def test_of_a_file_that_is_none_nothing_is_read(shelf: Shelf) -> None:
    title, folder = shelf.new()
    export = an_export(folder, {"general/2024-09-02.json": "", "general/2024-09-03.json": "no"})
    assert [slip.problem for slip in shelf.slack(export, title).slips] == [
        "it ends too early; nothing of it was read",
        "there is neither a list nor an object; nothing of it was read",
    ]


def test_a_time_that_no_calendar_has_is_a_row_that_cant_be_read(shelf: Shelf) -> None:
    title, folder = shelf.new()
    rows = [
        {"id": str(number), "type": "Default", "timestamp": at, "author": {"id": "9"}}
        for number, at in enumerate(["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"], 1)
    ]
    file = folder / "times.json"
    file.write_text(json.dumps({"channel": {"id": "1", "name": "c"}, "messages": rows}))
    brought = shelf.discord([file], title)
    assert [slip.position for slip in brought.slips] == ["message 1", "message 2"]


def test_what_is_the_other_kind_of_archive_is_told_so(tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    with zipfile.ZipFile(cut, "w") as file:
        file.writestr("users.json", "[]")
    with pytest.raises(Refused, match="is a ZIP file; unpack it"):
        DiscordExport.open_([cut])
    with pytest.raises(Refused, match="is a folder; give the JSON files in it"):
        DiscordExport.open_([tmp_path])
    cut.write_bytes(cut.read_bytes()[:-30])
    with pytest.raises(Refused, match="only a part of a ZIP file"):
        SlackExport.open_(cut)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "some.json").write_text("[]")
    for path in (tmp_path, tmp_path / "some.json", tmp_path / "nowhere"):
        with pytest.raises(Refused):
            SlackExport.open_(path)
    with pytest.raises(Refused, match="says not which channel"):
        DiscordExport.open_([tmp_path / "some.json"])


# --- what is hostile ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../general/2024-09-02.json", "/etc/x.json", "a\\..\\..\\b.json"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("users.json", "[]")
        made.writestr("general/2024-09-01.json", "[]")
        made.writestr(zipfile.ZipInfo(name), "[]")
    with pytest.raises(Refused, match="leads out of the export's folder"):
        SlackExport.open_(path)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    export = an_export(tmp_path / "export", {"general/2024-09-02.json": []})
    (tmp_path / "secret").mkdir()
    (export / "secret").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match="“secret” leads out"):
        SlackExport.open_(export)


def test_a_zip_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("users.json", "[]")
        with made.open("general/2024-09-02.json", "w") as day:
            for _ in range(70):
                day.write(b" " * (1 << 20))
    with pytest.raises(Refused, match="would grow from"):
        SlackExport.open_(path)


def test_deep_nesting_is_a_row_that_cant_be_read(shelf: Shelf) -> None:
    title, folder = shelf.new()
    export = an_export(folder, {"general/2024-09-02.json": "[" * 200_000})
    brought = shelf.slack(export, title)
    assert (brought.messages, brought.unread) == (0, 1)


# --- what is left out, and what is taken off ----------------------------------------------------


def test_direct_conversations_stay_private_and_tokens_are_taken_off(shelf: Shelf) -> None:
    title, folder = shelf.new()
    key = "see <https://files.example.org/f.png?t=xoxe-1-2-abc&amp;w=1|it> or"
    export = an_export(
        folder,
        {
            "general/2024-09-02.json": [said("1.1", f"{key} why? <https://e.org/?a=1&amp;t=xoxe-9>")],
            "D1/2024-09-02.json": [said("2.2", "secret")],
            "mpdm-ada--bo-1/2024-09-02.json": [said("3.3", "secret")],
        },
        dms=[{"id": "D1", "members": ["U1", "U2"]}],
        mpims=[{"id": "G1", "name": "mpdm-ada--bo-1"}],
    )  # fmt: skip
    archive = SlackExport.open_(export)
    assert archive.left_out == ("2 direct conversations",)
    brought = shelf.bring_in(archive, title)
    assert brought.messages == 1
    with closing(sqlite3.connect(shelf.folder / "coalface.sqlite3")) as db:
        texts = [row[0] for row in db.execute("SELECT text FROM message_texts")]
    assert "see it (https://files.example.org/f.png?w=1) or why? https://e.org/?a=1" in texts
    assert not [text for text in texts if "xoxe" in text or "secret" in text]


def test_a_message_that_a_later_dump_shows_as_deleted_is_gone(shelf: Shelf) -> None:
    title, folder = shelf.new()
    root = said("1.1", thread_ts="1.1")
    reply = said("2.2", "three words here", "U2", thread_ts="1.1")
    first = an_export(folder / "first", {"general/2024-09-02.json": [root, reply]})
    gone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True,
            "ts": "1.1", "thread_ts": "1.1", "text": "This message was deleted."}  # fmt: skip
    second = an_export(folder / "second", {"general/2024-09-02.json": [gone, reply]})
    brought = shelf.slack(first, title)
    assert shelf.report(brought.course.id)["U1"]["replies_received"] == "1"
    for export in (second, first):
        shelf.slack(export, title)
        report = shelf.report(brought.course.id)
        assert (report["U1"]["posts"], report["U1"]["replies_received"]) == ("0", "0")
        assert (report["U2"]["replies"], report["U2"]["peers_root"]) == ("1", "0")


def test_a_newer_copy_stands_in_the_place_of_an_older_one_with_all_that_is_in_it(
    shelf: Shelf,
) -> None:
    title, folder = shelf.new()
    old = said("1.1", "see <@U2> F1", reactions=[{"name": "eyes", "users": ["U2"]}])
    answer = said("3.3", "yes", "U2", thread_ts="1.1")
    an_export(folder / "old", {"general/2024-09-02.json": [old, answer]})
    new = said("1.1", "see F2 and F3", edited={"user": "U1", "ts": "2.2"})
    an_export(folder / "new", {"general/2024-09-02.json": [new, said("4.4", "also")]})
    brought = shelf.slack(folder / "old", title)
    first = _kept(shelf, brought.course.id)
    again = shelf.slack(folder / "new", title)
    assert (again.messages, again.changed, again.known) == (1, 1, 0)
    second = _kept(shelf, brought.course.id)
    assert [(text, named, reacted) for _, text, named, reacted, _ in first] == [
        ("see @bo F1", "F1", 1), ("yes", None, 0)
    ]  # fmt: skip
    assert [(text, named, reacted) for _, text, named, reacted, _ in second] == [
        ("see F2 and F3", "F2,F3", 0), ("yes", None, 0), ("also", None, 0)
    ]  # fmt: skip
    assert [row[0] for row in second[:2]] == [row[0] for row in first]  # they keep their ids
    assert second[1][4] == second[0][0]  # and the answer what it answers
    older = shelf.slack(an_export(folder / "old", {"general/2024-09-03.json": [old]}), title)
    assert (older.messages, older.changed, older.known) == (0, 0, 1)
    assert _kept(shelf, brought.course.id) == second


def _kept(shelf: Shelf, course: int) -> list[tuple[object, ...]]:
    """Each message's id, text, evidence, number of reactions, and what it answers."""
    with closing(sqlite3.connect(shelf.app.services.database.path)) as db:
        return db.execute(
            "SELECT id, (SELECT text FROM message_texts WHERE message_id = m.id),"
            " (SELECT group_concat(named) FROM evidence WHERE message_id = m.id),"
            " (SELECT count(*) FROM reactions WHERE message_id = m.id), parent_id"
            " FROM messages m WHERE channel_id IN (SELECT id FROM channels WHERE course_id = ?)"
            " ORDER BY sent_at",
            [course],
        ).fetchall()


def test_an_archive_is_not_mixed_with_a_course_of_the_bots_own(shelf: Shelf) -> None:
    from bot.core import terms

    title, folder = shelf.new()
    export = an_export(folder, {"general/2024-09-02.json": [said("1.1")]})
    old = shelf.slack(export, title)
    services = shelf.app.services
    made = shelf.run(terms.copy(services, old.course, f"{title}, again"))
    with pytest.raises(Refused, match="no archive is mixed with it"):
        shelf.slack(export, f"{title}, again")
    assert (made.course.archived_at, made.prompts) == (None, 0)
    assert made.course.pack in services.packs


# --- cut off, and begun again -------------------------------------------------------------------


def many(folder: Path, days: int) -> Path:
    files: dict[str, object] = {}
    for day in range(days):
        rows = [
            said(f"{1_725_000_000 + day * 86_400 + n}.000{n % 10}00", f"said {n}", f"U{1 + n % 2}",
                 **({"thread_ts": f"{1_725_000_000 + day * 86_400}.000000"} if n % 3 else {}))
            for n in range(400)
        ]  # fmt: skip
        at = time.strftime("%Y-%m-%d", time.gmtime(1_725_000_000 + day * 86_400))
        files[f"general/{at}.json"] = rows
    return an_export(folder, files)


def test_killed_in_the_middle_it_goes_on_where_it_was_left(tmp_path: Path) -> None:
    export = many(tmp_path / "export", 60)
    command = [sys.executable, "-m", "bot", "import", "slack", str(export), "--course", "Old"]
    tables = []
    for name, how in (("whole", None), ("killed", SIGKILL), ("stopped", SIGINT)):
        data = tmp_path / name
        if how is not None:
            process = Popen(command, env=environment(data), cwd=ROOT, stdout=PIPE, stderr=PIPE)
            _wait_for_messages(data / "coalface.sqlite3", process)
            process.send_signal(how)
            _, said_last = process.communicate()
            assert (b"the same command goes on from there" in said_last) is (how is SIGINT)
            assert 0 < _count(data) < 24_000
        done = ran(command, env=environment(data), cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert _count(data) == 24_000
        report = ran([*command[:3], "report"], env=environment(data), cwd=ROOT)
        tables.append(report.stdout)
    assert tables[0] == tables[1] == tables[2] != b""
    again = ran([*command, "--json"], env=environment(tmp_path / "killed"), cwd=ROOT)
    assert json.loads(again.stdout) | {"title": ""} == {
        "course": 1, "title": "", "messages": 0, "changed": 0, "known": 0, "files": 0,
        "files_known": 60, "people": 2, "left_out": [], "unread": 0, "problems": [],
    }  # fmt: skip


def _wait_for_messages(path: Path, process: "Popen[bytes]") -> None:
    """Until the first of them are durable."""
    while process.poll() is None:
        if path.exists() and _count(path.parent):
            return
        os.sched_yield()
    raise AssertionError("It ended before it could be killed.")


def _count(data: Path) -> int:
    try:
        with closing(sqlite3.connect(data / "coalface.sqlite3")) as db:
            return int(db.execute("SELECT count(*) FROM messages").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
