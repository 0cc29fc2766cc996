"""Archives of both formats with all that real ones have in them: the report says what a recount of
its own finds, however often and in whichever order their files are brought in."""

from collections.abc import Mapping

from hypothesis import given, settings

from tests.imports.conftest import Shelf, Table
from tests.imports.discord_class import DiscordClass, discord_classes
from tests.imports.recount import COLUMNS, Count, Counts, of_discord, of_slack
from tests.imports.slack_class import CHANNELS, SlackClass, slack_classes

short = settings.get_profile("ci")
few = settings(max_examples=12) if settings().max_examples <= short.max_examples else settings()
"""In `make test`; the long form is in `make soak`."""


def check(report: Table, counts: Counts) -> None:
    assert set(report) >= {member for member, own in counts.items() if own.times}
    for member, row in report.items():
        counted = counts.get(member, Count()).row()
        assert {c: (row[c], counted[c]) for c in COLUMNS if row[c] != counted[c]} == {}, member


def slack_counts(made: SlackClass) -> Counts:
    return of_slack([(CHANNELS[f], row) for f, row in made.rows], {"URobot"}, made.words)


def discord_counts(made: DiscordClass) -> Counts:
    return of_discord(made.messages, made.named, made.words)


@few
@given(made=slack_classes())
def test_a_slack_export_counts_as_the_rules_say(shelf: Shelf, made: SlackClass) -> None:
    title, folder = shelf.new()
    brought = shelf.slack(made.write_folder(folder / "export"), title)
    assert brought.slips == []
    report = shelf.report(brought.course.id)
    check(report, slack_counts(made))
    again = shelf.slack(made.write_zip(folder / "export.zip"), title)
    assert again.course.id == brought.course.id
    assert again.messages == 0
    assert shelf.report(brought.course.id) == report


@few
@given(made=discord_classes())
def test_a_discord_export_counts_as_the_rules_say(shelf: Shelf, made: DiscordClass) -> None:
    title, folder = shelf.new()
    files = made.write(folder / "export")
    brought = shelf.discord(files, title)
    assert brought.slips == []
    report = shelf.report(brought.course.id)
    check(report, discord_counts(made))
    again = shelf.discord([*files, files[0]], title)
    assert (again.messages, again.changed, again.files) == (0, 0, 0)
    assert shelf.report(brought.course.id) == report


@few
@given(made=discord_classes())
def test_it_does_not_matter_which_file_comes_first(shelf: Shelf, made: DiscordClass) -> None:
    title, folder = shelf.new()
    files = made.write(folder / "export")
    for file in reversed(files):
        brought = shelf.discord([file], title)
    found = shelf.report(brought.course.id)
    if made.lists_mentions:
        check(found, discord_counts(made))
    else:  # a name is known only where all files are there
        ignored = {"words", "peers_named"}
        counts = discord_counts(made)
        for member, row in found.items():
            expected: Mapping[str, str] = counts.get(member, Count()).row()
            assert {c: row[c] for c in COLUMNS if c not in ignored} == {
                c: value for c, value in expected.items() if c not in ignored
            }


def test_the_classes_have_everything_in_them() -> None:
    """What is generated is worth the count: a few classes together hold every quirk."""
    kinds: set[object] = set()

    @given(made=slack_classes(), other=discord_classes())
    def look(made: SlackClass, other: DiscordClass) -> None:
        kinds.update(row.get("subtype", "-") for _, row in made.rows)
        kinds.update("edited" for _, row in made.rows if "edited" in row)
        kinds.update(row["type"] for _, _, row in other.messages)
        kinds.update(f"bot {r['type']}" for _, _, r in other.messages if r["author"]["isBot"])
        kinds.update("in a thread" for _, thread, _ in other.messages if thread)

    look()
    assert kinds >= {
        "-", "thread_broadcast", "me_message", "file_share", "tombstone", "edited", "bot_message",
        "channel_join", "Default", "Reply", "21", "bot Reply", "in a thread",
    }  # fmt: skip
