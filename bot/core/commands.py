"""What a command is: declared once as data, offered on every platform in that platform's way."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Literal

from bot.core.cards import Card
from bot.core.events import InvocationId, Person, Place
from storage.ids import AccountRef, ChannelRef, RoleRef

if TYPE_CHECKING:
    from bot.core.dispatch import Call


class Role(IntEnum):
    """What a member is in a course; a higher role may do all that a lower one may."""

    STUDENT = 0
    ASSISTANT = 1
    INSTRUCTOR = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Type(Enum):
    """What a parameter takes, and so which field a platform shows for it."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    INTEGER = "integer"
    PERSON = "person"  # an AccountRef of the space
    CHANNEL = "channel"  # a ChannelRef of the space
    ROLE = "role"  # a RoleRef of the space; offered only where the platform has roles
    FILE = "file"  # a File, given by picking it


@dataclass(frozen=True, slots=True)
class Choice:
    """A value a parameter may take, and the words a person sees for it."""

    value: str
    label: str


Completer = Callable[["Call", str], Awaitable[Sequence[Choice]]]


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. With `choices` only these values are taken; `complete` suggests as one types.

    `most` is the greatest length in characters, the greatest number, or of a file the greatest
    size in bytes. `by_name`: where commands are typed as text, it is given as `due: friday` only.
    """

    name: str
    summary: str
    type: Type = Type.LINE
    required: bool = False
    choices: tuple[Choice, ...] = ()
    complete: Completer | None = None
    most: int = 200
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that somebody gave, or that goes with an answer, to the person who asked only."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody gave, as long as its platform holds it; `size` in bytes, as it says.

    `fetch` brings the content, given the greatest size that is wanted. It can be brought again, so
    that a form may come back with it. Raises CannotFetch, whose sentence says what to do.
    """

    name: str
    media_type: str
    size: int
    fetch: Callable[[int], Awaitable[bytes]] = field(repr=False, compare=False)


Value = str | int | AccountRef | ChannelRef | RoleRef | File


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: shown only to the person who asked."""

    card: Card
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """The command's form is to be shown (again): with what was typed, and what is wrong with it.

    `values` is param name to what was typed, nothing lost; `problems` is param name to one
    sentence. `params` are the fields to show, in order; `note` says above them why they are asked.
    """

    command: str
    params: tuple[Param, ...]
    values: Mapping[str, object]
    problems: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


Outcome = Answer | Form
Handler = Callable[["Call"], Awaitable[Answer | Card | Form]]


@dataclass(frozen=True, slots=True)
class OnMessage:
    """How a command is offered on a message: under this label, with the message's text, or the
    message's own name on the platform (`ref`), as the argument `param`."""

    label: str
    param: str
    gives: Literal["text", "ref"] = "text"


NO_WORDS = "There are no words in that message."
"""What is said where a command takes a message's text and it has none."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command. Its name is a group and a verb ("prompt post") or one word ("help").

    `params` in the order in which a person would type them. `managers`: whoever manages the space
    may use it too, whatever their role, also where no course has been set up. `form`: asked for
    by name alone, it shows its form first even if nothing is required. `on_message`: it can be
    run on somebody's message too (Discord's message commands, Slack's message shortcuts).
    `without_references`: it is there only where a reply can't refer to what it answers.
    """

    name: str
    summary: str
    least: Role
    handler: Handler
    params: tuple[Param, ...] = ()
    managers: bool = False
    form: bool = False
    on_message: OnMessage | None = None
    without_references: bool = False

    @property
    def group(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def usage(self) -> str:
        """How it is typed: `/prompt post prompt [channel]`."""
        words = [p.name if p.required else f"[{p.name}]" for p in self.params]
        return " ".join([f"/{self.name}", *words])

    def param(self, name: str) -> Param | None:
        return next((param for param in self.params if param.name == name), None)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command as a person gave it, in a form, a slash command or a button.

    `id` is unique to what the person did; the same id again does nothing again. `arguments` is
    param name to what was typed or picked. `manages_space`: the platform says that this person
    administers the space. `at` is when they did it (UTC). `channel_name` is what people call the
    channel.
    """

    id: InvocationId
    place: Place
    person: Person
    command: str
    arguments: Mapping[str, object]
    at: datetime
    manages_space: bool = False
    channel_name: str | None = None


class Catalog:
    """Every command, each under one name."""

    def __init__(self, commands: Sequence[Command]) -> None:
        """Raises ValueError when two commands share a name, or a param is misdeclared."""
        self._by_name = {command.name: command for command in commands}
        if len(self._by_name) != len(commands):
            raise ValueError("Two commands have the same name.")
        for command in commands:
            names = [param.name for param in command.params]
            if len(set(names)) != len(names):
                raise ValueError(f"/{command.name} has two parameters of the same name.")
            required = [param.required for param in command.params]
            if sorted(required, reverse=True) != required:
                raise ValueError(f"/{command.name} has a required parameter after an optional one.")
            if command.on_message is not None and command.on_message.param not in names:
                raise ValueError(f"/{command.name} has no parameter for a message's text.")

    def __iter__(self) -> Iterator[Command]:
        return iter(self._by_name.values())

    def find(self, name: str) -> Command | None:
        return self._by_name.get(name)

    @property
    def names(self) -> list[str]:
        return list(self._by_name)

    def with_references(self) -> "Catalog":
        """What is there on a platform where a reply can refer to what it answers."""
        return Catalog([command for command in self if not command.without_references])

    def with_command(self, command: Command) -> "Catalog":
        return Catalog([*self, command])
