"""Files that people give with a command: fetched only for whoever may use the command, and not
before their size has been checked."""

from collections.abc import Mapping

from bot.core.commands import Command, File, Form, Param, Upload, Value
from bot.core.errors import BadInput, CannotFetch

MEGABYTE = 1024 * 1024


def check(param: Param, given: object) -> Upload | File:
    """The file that was given for a parameter. Raises BadInput for anything else."""
    match given:
        case Upload(size=size):
            pass
        case File(content=content):
            size = len(content)
        case _:
            raise BadInput(
                param.name,
                f"{param.name} takes a file, which can't be typed: pick it in the form.",
            )
    _check_size(param, size)
    return given


async def fetched(command: Command, given: Mapping[str, Value | Upload]) -> dict[str, Value]:
    """The arguments with the files themselves. Raises BadInput where one can't be had."""
    found: dict[str, Value] = {}
    for name, value in given.items():
        param = command.param(name)
        if isinstance(value, Upload) and param is not None:
            found[name] = await _fetch(param, value)
        elif not isinstance(value, Upload):
            found[name] = value
    return found


def without(values: Mapping[str, object], param: str) -> dict[str, object]:
    """The values of a form that comes back, without the file that was refused."""
    return {
        name: value
        for name, value in values.items()
        if name != param or not isinstance(value, Upload | File)
    }


def kept(form: Form) -> dict[str, Upload | File]:
    """The files that a form comes back with: no platform's field can show one again, so that the
    adapter keeps them until the form is sent."""
    return {name: value for name, value in form.values.items() if isinstance(value, Upload | File)}


def hint(param: Param, value: object) -> str:
    """What stands at a file's field: what it takes, or which file is kept for it already."""
    if isinstance(value, Upload | File):
        return f"{value.name} is kept; pick a file only to put it in its place"
    return param.summary


def in_words(size: int) -> str:
    """A size that a person can compare: 812 KB, 2.5 MB."""
    if size < MEGABYTE:
        return f"{-(-size // 1024)} KB"
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"


async def _fetch(param: Param, upload: Upload) -> File:
    try:
        content = await upload.fetch(param.most)
    except CannotFetch as problem:
        raise BadInput(param.name, str(problem)) from problem
    _check_size(param, len(content))  # a platform may be wrong about it
    return File(upload.name, upload.media_type, content)


def _check_size(param: Param, size: int) -> None:
    if size > param.most:
        raise BadInput(
            param.name,
            f"{param.name} takes a file of at most {in_words(param.most)}, and this one has"
            f" {in_words(size)}.",
        )
    if size == 0:
        raise BadInput(param.name, f"{param.name} was given an empty file; pick the one meant.")
