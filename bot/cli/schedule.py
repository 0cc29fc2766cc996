"""`coalface schedule …`: when something falls due."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import (
    Data,
    Json,
    check_database,
    fail,
    load_settings,
    print_json,
    told,
)

if TYPE_CHECKING:
    from bot.core.errors import NotUnderstood
    from bot.core.recurrence import Rule
    from bot.core.times import When
    from bot.core.upcoming import Scheduled

app = typer.Typer(help="Schedules, and the times that people type.", no_args_is_help=True)


@app.callback()
def schedule() -> None:
    """Schedules, and the times that people type."""


CourseNumber = Annotated[
    int | None, typer.Option("--course", help="One course, by its number.", show_default=False)
]


@app.command("list")
@told
def schedule_list(data: Data = None, course: CourseNumber = None, json: Json = False) -> None:
    """What is scheduled, in all courses or in one, and what could not be posted."""
    found = _scheduled(data, course)
    if json:
        print_json([_schedule_to_json(one) for one in found])
        return
    if not found:
        typer.echo("Nothing is scheduled.")
    for one in found:
        typer.echo(f"{one.schedule.name} of {one.course.title}: {one.posts}")
        coming = "paused" if one.schedule.state == "paused" else "nothing more is to come"
        if one.next_at is not None:
            coming = f"next {_by_the_clock(one.next_at, one.course.zone)}"
        typer.echo(f"  {one.when} ({one.schedule.zone}); {coming}")
        for problem in one.problems:
            typer.echo(f"  not posted: {problem}")


@app.command("next")
@told
def schedule_next(
    data: Data = None,
    course: CourseNumber = None,
    count: Annotated[int, typer.Option(help="How many.", min=1, max=1000)] = 10,
    json: Json = False,
) -> None:
    """The next posts, whatever schedule they are of."""
    from bot.core.upcoming import upcoming

    found = upcoming(_scheduled(data, course), count)
    if json:
        print_json(
            [
                {
                    "course": one.of.course.title,
                    "schedule": one.of.schedule.name,
                    "occurrence": one.due.name.isoformat(),
                    "local": one.due.local.isoformat(),
                    "zone": one.of.schedule.zone,
                    "utc": _utc(one.due.at),
                    "posts": one.of.posts,
                }
                for one in found
            ]
        )
        return
    if not found:
        typer.echo("Nothing is to come.")
    for one in found:
        at = _by_the_clock(one.due.at, one.of.course.zone)
        typer.echo(f"{at}  {one.of.course.title}, {one.of.schedule.name}: {one.of.posts}")


def _scheduled(data: Path | None, course: int | None) -> "list[Scheduled]":
    import asyncio

    settings = load_settings(data)
    check_database(settings)
    from bot.app import open_app
    from bot.core import upcoming

    async def work() -> "list[Scheduled]":
        async with open_app(settings) as app:
            return await upcoming.scheduled(app.services, course)

    return asyncio.run(work())


def _by_the_clock(at: datetime, zone: str) -> str:
    from bot.core.plain import in_zone

    return in_zone(at, ZoneInfo(zone))


def _schedule_to_json(one: "Scheduled") -> Mapping[str, object]:
    return {
        "course": one.course.title,
        "schedule": one.schedule.name,
        "state": one.schedule.state,
        "posts": one.posts,
        "when": one.when,
        "rrule": one.schedule.rule,
        "zone": one.schedule.zone,
        "next": None if one.next_at is None else _utc(one.next_at),
        "problems": list(one.problems),
    }


@app.command("when")
@told
def schedule_when(
    text: Annotated[str, typer.Argument(help="A time as a person types it: next monday 9am.")],
    zone: Annotated[str, typer.Option(help="The zone it is meant in, such as Europe/London.")],
    now: Annotated[
        str | None,
        typer.Option(help="When it is typed (2026-10-28T09:00Z); else now.", show_default=False),
    ] = None,
    repeat: Annotated[
        str | None,
        typer.Option(
            help="How it repeats, such as weekly or an RRULE: the next five are shown.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="When it stops repeating: a date, or 10 times.", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Say how a time is understood, in full; exit code 1 with the reason where it is refused."""
    from bot.core import times
    from bot.core.errors import NotUnderstood
    from bot.core.recurrence import made
    from bot.core.setup import zone_named

    place = ZoneInfo(zone_named(zone))
    at = _instant(now, place)
    try:
        when = times.understand(text, at, place)
        rule = None
        if until is not None and repeat is None:
            raise NotUnderstood("until", "Without --repeat there is nothing that --until ends")
        if repeat is not None:
            ends = times.understand_until(until, at, place) if until else times.Until()
            rule = made(repeat, when.local, place.key, ends.at, ends.count)
    except NotUnderstood as refusal:
        if json:
            print_json(_refused_to_json(refusal))
        fail(str(refusal))
    if json:
        print_json(_to_json(when, rule))
    else:
        _print(when, rule)


def _instant(typed: str | None, zone: ZoneInfo) -> datetime:
    """What --now says, in the zone where it has no offset of its own; else now."""
    from datetime import UTC

    from bot.core.local_time import instant_of

    if typed is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(typed)
        return instant_of(at, zone) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        fail("--now takes a time such as 2026-10-28T09:00 or 2026-10-28T13:00Z.")


def _refused_to_json(refusal: "NotUnderstood") -> Mapping[str, object]:
    return {
        "understood": False,
        "about": refusal.param,
        "reason": str(refusal),
        "suggestions": list(refusal.suggestions),
    }


def _to_json(when: "When", rule: "Rule | None") -> Mapping[str, object]:
    from bot.core.local_time import in_words

    said: dict[str, object] = {
        "understood": True,
        "in_words": in_words(when.local),
        "local": when.local.isoformat(),
        "zone": when.zone.key,
        "utc": _utc(when.at),
        "notes": list(when.notes),
    }
    if rule is not None:
        from bot.core.recurrence import in_words as rule_in_words
        from bot.core.recurrence import occurrences, rrule_text

        said["repeat"] = {
            "in_words": rule_in_words(rule),
            "rrule": rrule_text(rule),
            "notes": _asides(rule),
            "next": [
                {"name": one.name, "utc": _utc(one.at)}
                for one, _ in zip(occurrences(rule), range(5), strict=False)
            ],
        }
    return said


def _print(when: "When", rule: "Rule | None") -> None:
    from bot.core.local_time import in_words

    typer.echo(f"{in_words(when.local)} in {when.zone.key} ({_utc(when.at)})")
    for note in when.notes:
        typer.echo(f"  {note}")
    if rule is None:
        return
    from bot.core.plain import in_zone
    from bot.core.recurrence import in_words as rule_in_words
    from bot.core.recurrence import occurrences

    said = rule_in_words(rule)
    typer.echo(f"{said[0].upper()}{said[1:]}:")
    for one, _ in zip(occurrences(rule), range(5), strict=False):
        typer.echo(f"  {in_zone(one.at, when.zone)}  ({_utc(one.at)})")
    for note in _asides(rule):
        typer.echo(f"  {note}")


def _asides(rule: "Rule") -> list[str]:
    from bot.core.recurrence import off_start, short_months

    return [note for note in (off_start(rule), short_months(rule)) if note is not None]


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
