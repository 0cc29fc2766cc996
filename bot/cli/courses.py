"""`coalface course …`: where one term ends and the next begins."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.cli.shared import Data, Json, check_database, load_settings, print_json, told

if TYPE_CHECKING:
    from bot.core.services import Services
    from storage.rows import Course

T = TypeVar("T")

app = typer.Typer(help="Courses: the end of a term, and the next one.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(help="The course, by its number or its title.")]


@app.command("list")
@told
def course_list(data: Data = None, json: Json = False) -> None:
    """The courses of the database, each with its number."""
    from storage import courses

    async def work(services: "Services") -> "list[Course]":
        async with services.database.read() as db:
            return await courses.all_courses(db)

    found = _over(data, work)
    if json:
        print_json([{"course": c.id, "title": c.title, "archived": _day(c)} for c in found])
        return
    for course in found:
        archived = "" if course.archived_at is None else f" (archived {_day(course)})"
        typer.echo(f"{course.id}: {course.title}{archived}")
    if not found:
        typer.echo("There is no course yet.")


@app.command("archive")
@told
def course_archive(
    course: Which,
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask: it can't be undone.")] = False,
) -> None:
    """Close a finished term to changes, for good; its reports can still be made."""
    from bot.core import terms
    from bot.core.cards import number
    from bot.core.errors import Refused

    async def work(services: "Services") -> str:
        found = await terms.find(services, course)
        if not yes and not typer.confirm(f"Archive {found.title}? It can't be undone."):
            raise Refused(f"{found.title} stays as it is.")
        closed = await terms.archive(services, found)
        said = f"{found.title} is archived, and with it {number(len(closed), 'open discussion')}"
        posts = "; their posts say so once the bot runs." if closed else "."
        return said + posts

    typer.echo(_over(data, work))


@app.command("copy")
@told
def course_copy(
    course: Which,
    title: Annotated[str, typer.Argument(help="What the new course is called.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Begin a new term with an old one's prompts, schedules and settings, and nobody in it."""
    from bot.core import terms
    from bot.core.cards import number
    from bot.core.errors import Refused

    async def work(services: "Services") -> terms.Copied:
        if not title.strip():
            raise Refused("Give the new course a title.")
        return await terms.copy(services, await terms.find(services, course), title.strip())

    made = _over(data, work)
    if json:
        print_json(
            {
                "course": made.course.id,
                "title": made.course.title,
                "code": made.code,
                "until": made.until.isoformat(),
                "prompts": made.prompts,
                "schedules": list(made.schedules),
                "left_out": list(made.left_out),
            }
        )
        return
    prompts = number(made.prompts, "prompt")
    typer.echo(f"{made.course.title} is course {made.course.id}, with {prompts} of its own.")
    typer.echo(
        f"In its first channel, whoever manages the space uses /course join {made.code} until"
        f" {made.until:%d %B %Y}, and is its instructor."
    )
    if made.schedules:
        typer.echo("Scheduled in it, each paused until /schedule resume there:")
        for line in made.schedules:
            typer.echo(f"  {line}")
    if made.left_out:
        typer.echo("Not copied, since their prompts were withdrawn:")
        for line in made.left_out:
            typer.echo(f"  {line}")


def _over(data: Path | None, work: Callable[["Services"], Awaitable[T]]) -> T:
    import asyncio

    from bot.app import open_app

    settings = load_settings(data)
    check_database(settings)

    async def opened() -> T:
        async with open_app(settings) as app:
            return await work(app.services)

    return asyncio.run(opened())


def _day(course: "Course") -> str | None:
    return None if course.archived_at is None else f"{course.archived_at:%Y-%m-%d}"
