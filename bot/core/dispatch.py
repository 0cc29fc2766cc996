"""Every command comes through here: validated, authorised, run, answered.

Roles are enforced here and nowhere else. What a person can mend comes back as a form with what
they typed; what they can't is a short id that is also in the log.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import leaving, privacy, roles
from bot.core.arguments import is_free, is_given, typed
from bot.core.cards import Card, text
from bot.core.commands import (
    Answer,
    Choice,
    Command,
    File,
    Form,
    Invocation,
    Outcome,
    Param,
    Role,
    Value,
)
from bot.core.errors import BadInput, NoCourse, NotAllowed, UnknownName, UserError
from bot.core.events import Person, Place, Space
from bot.core.loaded_packs import LoadedPack
from bot.core.services import Services
from bot.core.undelivered import Undelivered
from bot.core.uploads import fetched, without
from bot.core.whereabouts import Finder, Whereabouts
from storage import courses, members
from storage.errors import StorageBusy, StorageError, StorageFull
from storage.rows import Channel, Course, Member

log = logging.getLogger(__name__)

COURSE = Param("course", "Which of your courses", required=True)
"""Asked for where the course can't be told from the channel."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command being run: who gave it, in which course, with which arguments.

    `arguments` holds only what was given, as the types that the parameters declare.
    """

    services: Services
    invocation: Invocation
    command: Command
    arguments: Mapping[str, Value]
    now: datetime
    course_or_none: Course | None
    channel: Channel | None
    member_or_none: Member | None

    @property
    def course(self) -> Course:
        """Raises NoCourse where none has been set up."""
        if self.course_or_none is None:
            raise NoCourse
        return self.course_or_none

    @property
    def member(self) -> Member:
        """Raises NoCourse for somebody who is in no course here."""
        if self.member_or_none is None:
            raise NoCourse
        return self.member_or_none

    @property
    def role(self) -> Role:
        if self.member_or_none is None:
            return Role.STUDENT
        return Role[self.member_or_none.role.upper()]

    @property
    def place(self) -> Place:
        return self.invocation.place

    @property
    def pack(self) -> LoadedPack:
        return self.services.pack_of(self.course)

    def text(self, name: str) -> str | None:
        """An argument as text; None where it was left out."""
        value = self.arguments.get(name)
        return None if value is None else str(value)

    def number(self, name: str) -> int | None:
        """An argument that is a whole number; None where it was left out."""
        value = self.arguments.get(name)
        return value if isinstance(value, int) else None

    def required(self, name: str) -> str:
        """A required argument as text."""
        return str(self.arguments[name])

    def file(self, name: str) -> File:
        """A required argument that is a file."""
        value = self.arguments[name]
        if not isinstance(value, File):
            raise TypeError(f"{name} is no file")
        return value

    def may(self, command: Command) -> bool:
        """Whether whoever gave this command may use that one too."""
        if not self.is_there(command):
            return False
        return self.role >= command.least or (command.managers and self.invocation.manages_space)

    def is_there(self, command: Command) -> bool:
        """Whether a command is there on the platform where this one was given."""
        platform = self.services.platforms.get(self.place.space.platform)
        return not (command.without_references and platform is not None and platform.references)


class Dispatcher:
    """Runs the commands of `services.catalog`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._finder = Finder(services.database)
        self._undelivered = Undelivered(services.database)

    async def run(self, invocation: Invocation) -> Outcome:
        """What the command answers, to the person who gave it only.

        Never raises for what a person or the database did: they get a card, or the form again.
        """
        try:
            return await self._run(invocation)
        except BadInput as problem:
            return self._again(invocation, problem.param, str(problem))
        except (NotAllowed, NoCourse) as problem:
            return _refusal(str(problem))
        except UserError as problem:
            return self._refuse(invocation, str(problem))
        except StorageError as problem:
            return self._refuse(invocation, self._blame_storage(problem, invocation.command))
        except Exception as problem:
            failure = self.report_failure(problem, invocation.command)
            return self._refuse(
                invocation,
                f"Something went wrong on our side and was logged as {failure}; nothing else was"
                " changed. Try again, or give that id to whoever runs the bot.",
            )

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Choice]:
        """What could be meant by what has been typed so far for a parameter, best first."""
        command = self._command(invocation)
        declared = command.param(param)
        if param == COURSE.name:
            return [Choice(str(c.id), c.title) for c in await self._own_courses(invocation)]
        if declared is None:
            return []
        if declared.choices:
            return [c for c in declared.choices if typed.casefold() in c.label.casefold()]
        if declared.complete is None:
            return []
        try:
            call = await self._call(invocation, command, *await self._where(invocation, command))
            self._authorise(call)
            return await declared.complete(call, typed)
        except UserError:
            return []  # no suggestions for what may not be asked

    async def form(self, invocation: Invocation) -> Form:
        """The command's form, filled in with the arguments given so far."""
        return _form(self._command(invocation), invocation.arguments)

    async def offered(self, invocation: Invocation) -> list[Command]:
        """The commands that whoever gives this one may use there, in the catalogue's order."""
        commands = list(self._services.catalog)
        where = await self._where(invocation, commands[0])
        call = await self._call(invocation, commands[0], *where)
        return [command for command in commands if call.may(command)]

    async def known_facts(self, place: Place) -> frozenset[str]:
        """The ids of the facts that people there can name; none where no course is."""
        async with self._services.database.read() as db:
            channel = await courses.channel_at(db, place.space, place.channel)
            pack = channel and (await courses.course(db, channel.course_id)).pack
        loaded = self._services.packs.get(pack or "")
        return frozenset(fact.id for fact in loaded.pack.facts) if loaded else frozenset()

    def report_failure(self, problem: BaseException, doing: str) -> str:
        """Log an unexpected failure; returns the short id it is logged under."""
        failure = self._services.new_id()
        log.error(
            "unexpected failure", exc_info=problem, extra={"failure": failure, "doing": doing}
        )
        return failure

    # --- one command ----------------------------------------------------------------------------

    async def _run(self, invocation: Invocation) -> Outcome:
        command = self._command(invocation)
        here, in_question = await self._where(invocation, command)
        if len(in_question) > 1:
            return Form(command.name, (COURSE, *command.params), dict(invocation.arguments))
        call = await self._call(invocation, command, here, in_question)
        self._authorise(call)
        missing = [p for p in command.params if p.required and not _given(invocation, p)]
        if missing or (command.form and not invocation.arguments):
            return _form(command, invocation.arguments)
        await leaving.is_back(call)
        call = replace(
            call,
            arguments=await fetched(command, typed(command, invocation.arguments, (COURSE.name,))),
            member_or_none=call.member_or_none or await self._enrol(call),
        )
        result = await command.handler(call)
        if isinstance(result, Form):
            return result
        answer = Answer(result) if isinstance(result, Card) else result
        return await self._undelivered.under(call, await privacy.with_notice(call, answer))

    def _command(self, invocation: Invocation) -> Command:
        command = self._services.catalog.find(invocation.command)
        if command is None:
            names = self._services.catalog.names
            raise UserError(
                str(UnknownName("", "command", invocation.command, names, "try /help."))
            )
        return command

    async def _where(
        self, invocation: Invocation, command: Command
    ) -> tuple[Whereabouts | None, list[Course]]:
        """The course's channel it was given in, and the courses that may be meant: the channel's,
        else the one that was picked, else all of the person's. Raises BadInput for a wrong pick."""
        here = await self._finder.find(invocation.place, invocation.person.ref)
        if here is not None:
            return here, [here.course]
        if command.managers:
            return None, []
        own = await self._own_courses(invocation)
        picked = invocation.arguments.get(COURSE.name)
        if picked is None:
            return None, own
        wanted = str(picked).casefold()
        named = [c for c in own if wanted in (str(c.id), c.title.casefold())]
        if len(named) != 1:
            titles = [c.title for c in own]
            raise UnknownName(
                COURSE.name, "course of yours called", str(picked), titles,
                f"these are yours: {', '.join(titles) or 'none'}.",
            )  # fmt: skip
        return None, named

    async def _call(
        self,
        invocation: Invocation,
        command: Command,
        here: Whereabouts | None,
        in_question: Sequence[Course],
    ) -> Call:
        services, now = self._services, invocation.at
        if here is not None:
            course, channel, member = here.course, here.channel, here.member
            if roles.may_change(here.chosen, invocation.place.space, invocation.person):
                member = await self._heeding_roles(invocation, course, member)
            return Call(services, invocation, command, {}, now, course, channel, member)
        if len(in_question) != 1:
            return Call(services, invocation, command, {}, now, None, None, None)
        (course,) = in_question
        member = await self._heeding_roles(
            invocation, course, await self._member(invocation, course)
        )
        return Call(services, invocation, command, {}, now, course, None, member)

    async def _member(self, invocation: Invocation, course: Course) -> Member | None:
        space, person = invocation.place.space, invocation.person
        async with self._services.database.read() as db:
            return await members.member_at(db, course.id, space, person.ref)

    async def _heeding_roles(
        self, invocation: Invocation, course: Course, member: Member | None
    ) -> Member | None:
        """Who gave it, with the role they have at this moment: what the platform says of their
        roles is heeded first. Who is staff by those alone is in the course at first sight."""
        space, person, at = invocation.place.space, invocation.person, invocation.at
        async with self._services.database.read() as db:
            if not await roles.has_changed(db, course.id, space, person, at):
                return member

        async def work(db: privacy.Connection) -> None:
            await roles.notice(db, course.id, space, person, at)
            if course.archived_at is None:
                await _ensure_member(db, course, space, person, at)

        await self._services.database.write(work)
        return await self._member(invocation, course)

    async def _own_courses(self, invocation: Invocation) -> list[Course]:
        async with self._services.database.read() as db:
            own = await members.courses_with(db, invocation.place.space, invocation.person.ref)
            return [await courses.course(db, id_) for id_, _ in own]

    def _authorise(self, call: Call) -> None:
        if call.may(call.command):
            return
        if not call.is_there(call.command):
            raise NotAllowed(
                f"/{call.command.name} is not needed here: reply to the message itself, and it is"
                " known what you respond to."
            )
        if call.course_or_none is None and call.command.least > Role.STUDENT:
            raise NoCourse
        raise NotAllowed(
            f"/{call.command.name} is for {call.command.least.word}s of this course; ask one of"
            " them, or see /help for what you can use."
        )

    async def _enrol(self, call: Call) -> Member | None:
        """Whoever uses the bot in a course's channel is in the course: at first as a student, or
        as what their platform's roles make them."""
        if call.course_or_none is None or call.invocation.person.automated:
            return None
        if call.course.archived_at is not None:
            return None
        course, person, space = call.course, call.invocation.person, call.place.space
        await self._services.database.write(
            lambda db: _ensure_member(db, course, space, person, call.now)
        )
        return await self._member(call.invocation, course)

    # --- when it can't be done ------------------------------------------------------------------

    def _again(self, invocation: Invocation, param: str, sentence: str) -> Outcome:
        command = self._services.catalog.find(invocation.command)
        if command is not None and param == COURSE.name:
            params = (COURSE, *command.params)
            return Form(command.name, params, dict(invocation.arguments), {param: sentence})
        if command is None or command.param(param) is None:
            return _refusal(sentence)
        values = without(invocation.arguments, param)
        return replace(_form(command, values), problems={param: sentence})

    def _refuse(self, invocation: Invocation, sentence: str) -> Outcome:
        """A refusal; with the form again where something long was typed and would be lost."""
        command = self._services.catalog.find(invocation.command)
        written = command is not None and any(
            is_free(param) and invocation.arguments.get(param.name) for param in command.params
        )
        if command is None or not written:
            return _refusal(sentence)
        return replace(_form(command, invocation.arguments), problems={"": sentence})

    def blame(self, problem: BaseException, doing: str) -> str:
        """Log what failed unexpectedly; one sentence for whoever tried, with its short id."""
        if isinstance(problem, StorageError):
            return self._blame_storage(problem, doing)
        failure = self.report_failure(problem, doing)
        return (
            f"Something went wrong on our side and was logged as {failure}. Try again, or give that"
            " id to whoever runs the bot."
        )

    def _blame_storage(self, problem: StorageError, doing: str) -> str:
        failure = self.report_failure(problem, doing)
        match problem:
            case StorageBusy():
                why = "The database is busy with another program"
            case StorageFull():
                why = "The disk is full or can't be written"
            case _:
                why = "The database could not be used"
        return (
            f"{why}, so nothing was changed; it was logged as {failure}. Try again in a minute, or"
            " tell whoever runs the bot."
        )


async def _ensure_member(
    db: privacy.Connection, course: Course, space: Space, person: Person, now: datetime
) -> None:
    space_id = await courses.ensure_space(db, space, now)
    account = await members.ensure_account(db, space_id, person.ref, person.name, now)
    await roles.enrol(db, course.id, account, now)


def _refusal(sentence: str) -> Answer:
    return Answer(Card(blocks=(text(sentence),), tone="refusal"))


def _form(command: Command, values: Mapping[str, object]) -> Form:
    return Form(command.name, command.params, dict(values))


def _given(invocation: Invocation, param: Param) -> bool:
    return is_given(invocation.arguments.get(param.name))
