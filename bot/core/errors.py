"""What a person can do wrong, each with its sentence. Anything else that is raised is a bug."""

from collections.abc import Sequence
from difflib import get_close_matches


def near(typed: str, known: Sequence[str]) -> str | None:
    """The name that was probably meant."""
    close = get_close_matches(typed.casefold(), [name.casefold() for name in known], 1, 0.6)
    return next((name for name in known if close and name.casefold() == close[0]), None)


class UserError(Exception):
    """Something the person who typed it can mend; str() is the one sentence they are shown."""


class CannotConnect(Exception):
    """A platform can't be used before whoever runs the bot has done something; str() says what."""


class CannotFetch(Exception):
    """A file that somebody gave can't be had from its platform; str() says what they can do."""


class NotAllowed(UserError):
    """The person's role does not allow it."""


class NoCourse(UserError):
    """No course has been set up where it was asked."""

    def __init__(self) -> None:
        super().__init__(
            "There is no course in this channel yet; whoever manages this space can set one up"
            " with /course setup."
        )


class Refused(UserError):
    """It can't be done as things stand (a discussion already closed, a course archived)."""


class BadInput(UserError):
    """What was typed for one parameter is not what it takes."""

    def __init__(self, param: str, sentence: str) -> None:
        super().__init__(sentence)
        self.param = param


class UnknownName(BadInput):
    """A name that nothing has; suggests the one that was probably meant."""

    def __init__(self, param: str, what: str, typed: str, known: Sequence[str], hint: str) -> None:
        meant = near(typed, known)
        shown = typed if len(typed) <= 60 else f"{typed[:60]}…"
        super().__init__(
            param,
            f"There is no {what} “{shown}”; " + (f"did you mean {meant}?" if meant else hint),
        )


class NotUnderstood(BadInput):
    """A time, an end or a repetition that can't be taken as it was typed; `suggestions` are texts
    that can be: one of them may be what was meant, or (`example`) only shows how it is written."""

    def __init__(self, param: str, reason: str, *suggestions: str, example: bool = False) -> None:
        *rest, last = suggestions or ("",)
        instead = f"{', '.join(rest)}{' or ' if rest else ''}{last}"
        if instead:
            instead = f"; type {'something like ' if example else ''}{instead}"
        super().__init__(param, f"{reason}{instead}.")
        self.suggestions = suggestions
