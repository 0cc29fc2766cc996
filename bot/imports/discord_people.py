"""Who is who in a Discord export, and whom a text of it mentions: only names stand there.

Deleted accounts share one id, so that nobody can tell them apart: what they wrote counts, as one
person's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.core.archived import AccountRef, Person
from bot.imports.texts import Unreadable, clean

DELETED = "456226577798135808"
"""The id that Discord gives to every account that was deleted."""

_ALL = ("everyone", "here")


class People:
    """Everybody met so far, by id; and by the names they went by."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}
        self._newest: dict[str, str] = {}  # the message that said what each is called
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._lengths: list[int] = []

    def meet(self, message: object) -> None:
        """Learn who wrote a message, and whom it lists as mentioned."""
        if not isinstance(message, dict):
            return
        mentions = message.get("mentions")
        said = str(message.get("id"))
        for one in (message.get("author"), *(mentions if isinstance(mentions, list) else ())):
            if isinstance(one, dict) and isinstance(one.get("id"), str):
                self._learn(one, said.rjust(20, "0"))

    def _learn(self, said: dict[str, object], when: str) -> None:
        id_ = str(said["id"])
        names = list(_names(said))
        for name in names:
            if id_ not in self._by_name[name]:
                self._by_name[name].add(id_)
                self._lengths = []
        known = self._known.get(id_)
        if known is None or when > self._newest[id_]:
            name = "Deleted User" if id_ == DELETED else (names or [id_])[0]
            automated = said.get("isBot") is True
            if known is None or (known.name, known.automated) != (name, automated):
                self._known[id_] = Person(AccountRef(id_), name, automated)
            self._newest[id_] = when

    def listed(self) -> Iterable[Person]:
        return [person for person in self._known.values() if not person.automated]

    def person(self, author: object) -> Person:
        """Who wrote a message. Raises Unreadable."""
        id_ = author.get("id") if isinstance(author, dict) else None
        if not isinstance(author, dict) or not isinstance(id_, str) or not id_:
            raise Unreadable("it says not who wrote it (author)")
        known = self._known[id_]
        if (author.get("isBot") is True) != known.automated:  # a webhook may borrow an id
            return Person(known.ref, known.name, not known.automated)
        return known

    def mentioned(
        self, text: str, listed: object
    ) -> tuple[tuple[Person, ...], tuple[str, ...]]:  # fmt: skip
        """Whom a text mentions, each once, and the pieces of it that are mentions.

        `listed` is whom the export says it mentions: everybody whom it notified, of whom only those
        count who are named in the text. Where it doesn't say, a name that one person has will do.
        """
        if "@" not in text:
            return (), ()
        told = _ids(listed) if isinstance(listed, list) else None
        found: dict[str, None] = {}
        unspoken: dict[str, None] = {}
        for name in self._names_in(text, told):
            ids = self._by_name.get(name, set())
            if told is not None:
                ids = ids & told
            unspoken[f"@{name}"] = None
            if len(ids) == 1:
                found[next(iter(ids))] = None
        people = (self._known[id_] for id_ in found)
        return tuple(p for p in people if not p.automated), tuple(unspoken)

    def _names_in(self, text: str, told: set[str] | None) -> Iterator[str]:
        """The names that follow an @ in a text, each time the longest one that may be meant."""
        if not self._lengths:
            names = {*self._by_name, *_ALL}
            self._lengths = sorted({len(name) for name in names}, reverse=True)
        at = text.find("@")
        while at >= 0:
            for length in self._lengths:
                name, after = text[at + 1 : at + 1 + length], text[at + 1 + length :][:1]
                cut = told is None and (name[-1:] + after).isascii() and after.isalnum()
                ids = self._by_name.get(name)
                meant = bool(ids) if told is None or ids is None else not ids.isdisjoint(told)
                if len(name) == length and not cut and (meant or name in _ALL):
                    yield name
                    break
            at = text.find("@", at + 1)

    def reactions(self, said: object) -> tuple[tuple[Person, str], ...]:
        """Who reacted with what, where the export says it."""
        found: dict[tuple[Person, str], None] = {}
        for reaction in said if isinstance(said, list) else ():
            if not isinstance(reaction, dict):
                continue
            emoji, users = reaction.get("emoji"), reaction.get("users")
            name = emoji.get("name") if isinstance(emoji, dict) else None
            for user in users if isinstance(users, list) else ():
                if isinstance(user, dict) and isinstance(user.get("id"), str):
                    person = self._known.get(user["id"])
                    if person is None:
                        self._learn(user, "")
                        person = self._known[user["id"]]
                    if not person.automated and isinstance(name, str):
                        found[person, clean(name)] = None
        return tuple(found)


def _ids(listed: list[object]) -> set[str]:
    return {str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one}


def _names(said: dict[str, object]) -> Iterator[str]:
    for field in ("nickname", "name"):
        name = said.get(field)
        if isinstance(name, str) and name.strip():
            yield clean(name)
