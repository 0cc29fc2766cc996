"""What Discord refuses in a message, form, thread or command, by its documented limits (50035)."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.discord_wire.records import Attachment, Json, walk
from tests.fakes.discord_wire.rest import Refused, invalid

FILE_BYTES = 10 * 1024 * 1024
"""https://docs.discord.com/developers/reference#uploading-files"""

EMBED = {"title": 256, "description": 4096, "footer.text": 2048, "author.name": 256}
EMBED_TOTAL = 6000
"""https://docs.discord.com/developers/resources/message#embed-object-embed-limits"""

STYLE_LINK, STYLE_PREMIUM = 5, 6
ARCHIVE_AFTER = (60, 1440, 4320, 10080)


def _at_most(where: str, text: object, most: int, least: int = 0) -> None:
    if not isinstance(text, str) or not least <= len(text) <= most:
        span = f"between {least} and {most}" if least else f"{most} or fewer"
        raise invalid(where, "BASE_TYPE_BAD_LENGTH", f"Must be {span} in length.")


def message(body: Json, files: Sequence[Attachment] = (), *, empty: bool = False) -> None:
    """What Create Message takes. `empty` is right for an edit, which may leave things out."""
    content, embeds = body.get("content") or "", body.get("embeds") or []
    _at_most("content", content, 2000)
    if not empty and not (content.strip() or embeds or files or body.get("components")):
        raise Refused(400, 50006, "Cannot send an empty message")
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    total = sum(_embed(f"embeds.{place}", embed) for place, embed in enumerate(embeds))
    if total > EMBED_TOTAL:
        raise invalid(
            "embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"
        )
    if len(files) > 10:
        raise Refused(400, 30015, "Maximum number of attachments in a message reached (10)")
    if any(len(file.content) > FILE_BYTES for file in files):
        raise Refused(413, 40005, "Request entity too large")
    if body.get("nonce") is not None:
        _at_most("nonce", str(body["nonce"]), 25)
    _allowed(body.get("allowed_mentions"))
    _components(body.get("components") or [])


def _allowed(rules: Json | None) -> None:
    for kind in ("users", "roles"):
        if rules and rules.get(kind) and kind in (rules.get("parse") or ()):
            said = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", said)


def _embed(where: str, embed: Json) -> int:
    """Its length, as it counts towards the 6,000."""
    total = 0
    for path, most in EMBED.items():
        value: Any = embed
        for part in path.split("."):
            value = (value or {}).get(part)
        if value is not None:
            _at_most(f"{where}.{path}", value, most)
            total += len(value)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        raise invalid(f"{where}.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for place, one in enumerate(fields):
        _at_most(f"{where}.fields.{place}.name", one["name"], 256, 1)
        _at_most(f"{where}.fields.{place}.value", one["value"], 1024, 1)
        total += len(one["name"]) + len(one["value"])
    return total


def _components(rows: list[Json]) -> None:
    if len(rows) > 5 and all(row["type"] == 1 for row in rows):
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for place, row in enumerate(rows):
        inside = row.get("components") or ()
        if row["type"] == 1 and not 1 <= len(inside) <= (
            5 if inside and inside[0]["type"] == 2 else 1
        ):
            where = f"components.{place}.components"
            raise invalid(where, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    ids: set[str] = set()
    for one in walk(rows):
        if one["type"] == 2:
            _at_most("components.label", one.get("label") or "", 80)
            if not one.get("label") and not one.get("emoji"):
                raise invalid("components", "COMPONENT_BUTTON_LABEL_OR_EMOJI", "Needs a label.")
        for place, option in enumerate(one.get("options") or ()):
            _at_most(f"components.options.{place}.label", option["label"], 100, 1)
            _at_most(f"components.options.{place}.value", option["value"], 100, 1)
        if len(one.get("options") or ()) > 25:
            raise invalid("components.options", "BASE_TYPE_BAD_LENGTH", "Must be 25 or fewer.")
        custom = one.get("custom_id")
        if custom is None:
            continue
        _at_most("components.custom_id", custom, 100, 1)
        if custom in ids:
            said = "Component custom id cannot be duplicated"
            raise invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED", said)
        ids.add(custom)


def modal(body: Json) -> None:
    """https://docs.discord.com/developers/interactions/receiving-and-responding (Modal)"""
    _at_most("data.title", body.get("title"), 45, 1)
    _at_most("data.custom_id", body.get("custom_id"), 100, 1)
    parts = body.get("components") or []
    if not 1 <= len(parts) <= 5:
        raise invalid(
            "data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."
        )
    for one in walk(parts):
        if one["type"] == 18 or (one["type"] == 4 and one.get("label") is not None):
            _at_most("data.components.label", one["label"], 45, 1)
        if one["type"] == 18 and one.get("description"):
            _at_most("data.components.description", one["description"], 100)
        if one["type"] == 4:
            _at_most("data.components.placeholder", one.get("placeholder") or "", 100)
            _at_most(
                "data.components.value",
                one.get("value") or "",
                min(one.get("max_length") or 4000, 4000),
            )


def choices(found: list[Json]) -> None:
    if len(found) > 25:
        raise invalid("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for place, one in enumerate(found):
        _at_most(f"data.choices.{place}.name", one["name"], 100, 1)
        if isinstance(one["value"], str):
            _at_most(f"data.choices.{place}.value", one["value"], 100, 1)


def thread(body: Json) -> None:
    _at_most("name", body.get("name"), 100, 1)
    if body.get("auto_archive_duration") not in (None, *ARCHIVE_AFTER):
        raise invalid(
            "auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of the choices."
        )


def _length(option: Json) -> int:
    """Names, descriptions and choices' values count: 8,000 in all for one command."""
    own = len(option.get("name", "")) + len(option.get("description", ""))
    values = sum(
        len(choice["name"]) + len(str(choice["value"])) for choice in option.get("choices") or ()
    )
    return own + values + sum(_length(inner) for inner in option.get("options") or ())


def commands(bodies: list[Json]) -> None:
    """https://docs.discord.com/developers/interactions/application-commands#registering-a-command"""
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(body.get("type", 1) == kind for body in bodies) > most:
            raise Refused(400, 30032, f"Maximum number of application commands reached ({most}).")
    for place, body in enumerate(bodies):
        _command(str(place), body, body.get("type", 1) == 1)
        if _length(body) > 8000:
            said = "Command exceeds maximum size (8000)"
            raise invalid(str(place), "APPLICATION_COMMAND_TOO_LARGE", said)


def _command(where: str, body: Json, described: bool) -> None:
    _at_most(f"{where}.name", body.get("name"), 32, 1)
    if described:
        _at_most(f"{where}.description", body.get("description"), 100, 1)
    for key in ("options", "choices"):
        if len(body.get(key) or ()) > 25:
            raise invalid(
                f"{where}.{key}", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."
            )
    for place, option in enumerate(body.get("options") or ()):
        _command(f"{where}.options.{place}", option, described)
