"""What follows a slash command or a mention, as it was typed, to a command of the catalogue and its
arguments. It is forgiving: what it can't tell is left to the form and to the core."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.adapters.slack import texts
from bot.adapters.slack.manifest import EVERYTHING
from bot.core.commands import Catalog, Command, Param, Type
from bot.core.errors import UnknownName

HELP = "help"

_CLOSING = {'"': '"”“', "“": "”“\"", "„": "“”\"", "”": '”"', "'": "'’", "‘": "’'", "’": "’'",
            "«": "»", "»": "«"}  # fmt: skip
_NAMED = re.compile(r"([A-Za-z_]+)[:=]")
_WORD = re.compile(r"(?:<[^<>]*>|[^\s<]|<)+")
_BEFORE = re.compile(r"^(?:\s|<@[^<>]+>)*")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command's name and what was typed for its parameters: people and channels as refs."""

    command: str
    arguments: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Token:
    """One word, one quoted text, or one mention; `begin` and `end` are where it stands."""

    begin: int
    end: int
    said: str
    ref: str = ""
    sign: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class _Mark:
    """A parameter that was named: by which token, where that begins and where its value does."""

    param: Param
    token: int
    begin: int
    value: int


def from_slash(catalog: Catalog, name: str, typed: str) -> Typed | str:
    """What came with a slash command: its own name (`/prompt`, or `/coalface` for all) and the text
    after it, escaped by Slack. A sentence where no command is meant."""
    group = "" if name.casefold() == EVERYTHING else name.removeprefix("/")
    return _parse(catalog, f"{group} {typed}")


def from_mention(catalog: Catalog, raw: str, bot: str) -> Typed | str:
    """What was written to the bot in a message: what follows its first mention, or what stands
    before it where nothing follows. `bot` is its own user id."""
    before, _, after = re.sub(rf"<@{re.escape(bot)}(?:\|[^<>]*)?>", "\0", raw).partition("\0")
    said = after.replace("\0", " ").strip() or _BEFORE.sub("", before)
    return _parse(catalog, said.lstrip(" \t\n,:;"))


def _parse(catalog: Catalog, said: str) -> Typed | str:
    said = said.strip().removeprefix("/").lstrip()
    words = said.split(maxsplit=2)
    if not words:
        return Typed(HELP, {})
    for length in (2, 1):
        name = " ".join(words[:length]).casefold()
        command = catalog.find(name) if len(words) >= length else None
        if command is not None:
            rest = said.split(maxsplit=length)
            return _arguments(command, rest[length] if len(rest) > length else "")
    return _unknown(catalog, words)


def _unknown(catalog: Catalog, words: Sequence[str]) -> str:
    group = words[0].casefold()
    verbs = [c.name.partition(" ")[2] for c in catalog if c.group == group]
    if verbs and (len(words) == 1 or words[1].casefold() == HELP):
        return f"/{group} is followed by one of {', '.join(verbs)}, such as /{group} {verbs[0]}."
    # One word alone may be meant for a group, or for a verb.
    typed = " ".join(words[:2]) if verbs or len(words) > 1 else words[0]
    known = catalog.names if len(words) > 1 else [*catalog.names, *{c.group for c in catalog}]
    shown = texts.read_plainly(typed)
    names = [f"/{name}" for name in known]
    return str(UnknownName("", "command", f"/{shown}", names, f"see {EVERYTHING} help."))


# --- arguments ----------------------------------------------------------------------------------


def _arguments(command: Command, raw: str) -> Typed | str:
    """Each parameter takes a word, a quoted text or a mention, in their order; the first long text,
    or else the last free one, takes all that is left, and those after it are named: `zone: UTC`.
    A file can't be typed: its form asks for it.
    """
    tokens = _tokens(raw)
    if tokens and not command.params:
        return f"/{command.name} takes nothing more; give it alone."
    named, positional = _named(command, raw, tokens)
    typable = [param for param in command.params if param.type is not Type.FILE]
    free = [param for param in typable if param.name not in named]
    if positional and not free:
        named, positional, free = {}, tokens, typable
    arguments = named | _in_order(free, raw, positional)
    return Typed(command.name, {name: value for name, value in arguments.items() if value.strip()})


def _named(command: Command, raw: str, tokens: list[_Token]) -> tuple[dict[str, str], list[_Token]]:
    """What was given by name, each up to the next name; and what stands before the first."""
    marks: list[_Mark] = []
    for at, token in enumerate(tokens):
        found = None if token.quoted else _NAMED.match(raw, token.begin, token.end)
        param = command.param(found[1].casefold()) if found else None
        if found is not None and param is not None and param not in [m.param for m in marks]:
            marks.append(_Mark(param, at, token.begin, found.end()))
    if not marks:
        return {}, tokens
    named = {
        mark.param.name: _whole(mark.param, raw[mark.value : after.begin])
        for mark, after in pairwise([*marks, _Mark(command.params[0], 0, len(raw), len(raw))])
    }
    return named, tokens[: marks[0].token]


def _in_order(params: list[Param], raw: str, tokens: list[_Token]) -> dict[str, str]:
    found: dict[str, str] = {}
    params, tokens = list(params), list(tokens)
    _picked(params, tokens, found)
    greedy = _greedy(params, len(tokens))
    for param in params:
        if not tokens:
            break
        if param is params[-1] or (param is greedy and not tokens[0].quoted):
            found[param.name] = _whole(param, raw[tokens[0].begin : tokens[-1].end])
            break
        found[param.name] = _one(param, tokens.pop(0))
    return found


def _picked(params: list[Param], tokens: list[_Token], found: dict[str, str]) -> None:
    """Take out what can be told by what it is: people, channels, and a choice said last."""
    for sign, type_ in (("@", Type.PERSON), ("#", Type.CHANNEL)):
        for param in [param for param in params if param.type is type_]:
            token = next((token for token in tokens if token.sign == sign), None)
            if token is not None:
                found[param.name] = token.ref
                params.remove(param)
                tokens.remove(token)
    while len(params) > 1 and len(tokens) > 1 and params[-1].choices:
        last = tokens[-1].said.casefold()
        chosen = [c for c in params[-1].choices if last in (c.value.casefold(), c.label.casefold())]
        if not chosen:
            return
        found[params.pop().name] = chosen[0].value
        tokens.pop()


def _greedy(params: list[Param], count: int) -> Param | None:
    """The parameter that takes all that is left."""
    long = [param for param in params if param.type is Type.PARAGRAPH]
    free = [param for param in params if _is_free(param)]
    if long or free:
        return long[0] if long else free[-1]
    if params and count > len(params):
        return params[0]  # a title, or a name of several words
    return params[-1] if params else None


def _is_free(param: Param) -> bool:
    return param.type is Type.LINE and not param.choices and param.complete is None


def _whole(param: Param, raw: str) -> str:
    """A piece of what was typed as one argument, without quotes around all of it."""
    tokens = _tokens(raw)
    if len(tokens) == 1:
        return _one(param, tokens[0])
    return texts.read_plainly(raw.strip())


def _one(param: Param, token: _Token) -> str:
    """A mention is a ref, but in a text of one's own, where it is a name."""
    return token.said if not token.ref or _is_free(param) else token.ref


def _tokens(raw: str) -> list[_Token]:
    """The words of what was typed, quoted ones together."""
    mentions = {mark.start(): mark for mark in texts.marks(raw)}
    tokens: list[_Token] = []
    at = 0
    while at < len(raw):
        if raw[at].isspace():
            at += 1
            continue
        token = _mention(mentions.get(at), raw) or _quoted(raw, at) or _word(raw, at)
        tokens.append(token)
        at = token.end
    return tokens


def _mention(mark: re.Match[str] | None, raw: str) -> _Token | None:
    if mark is None or mark[1] not in ("@", "#") or raw[mark.end() : mark.end() + 1].strip():
        return None
    return _Token(mark.start(), mark.end(), texts.to_words(mark), mark[2], mark[1])


def _quoted(raw: str, begin: int) -> _Token | None:
    """From an opening quote to the one that closes it, before a space or the end."""
    closing = _CLOSING.get(raw[begin])
    if closing is None:
        return None
    for end in range(begin + 1, len(raw)):
        if raw[end] in closing and not raw[end + 1 : end + 2].strip():
            said = texts.read_plainly(raw[begin + 1 : end])
            return _Token(begin, end + 1, said, quoted=True)
    return None


def _word(raw: str, begin: int) -> _Token:
    """Up to the next space outside of a form of Slack's, and of a quote after a name."""
    found = _WORD.match(raw, begin)
    end = len(raw) if found is None else found.end()
    named = _NAMED.match(raw, begin)
    if named is not None and named.end() < len(raw):
        quoted = _quoted(raw, named.end())
        if quoted is not None:
            end = quoted.end
    return _Token(begin, end, texts.read_plainly(raw[begin:end]))
