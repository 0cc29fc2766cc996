"""Rich text, by its documented elements.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from tests.fakes.slack_workspace.schema import (
    Check,
    array,
    boolean,
    by_type,
    constant,
    integer,
    one_of,
    record,
    string,
)

MOST = 10_000
"""Nothing is documented for the elements of a rich text; a message is bounded otherwise."""

_STYLES = ("bold", "italic", "strike", "code", "underline")
STYLE = record({}, dict.fromkeys(_STYLES, boolean))
MENTION_STYLE = record(
    {}, dict.fromkeys((*_STYLES, "highlight", "client_highlight", "unlink"), boolean)
)


def _one(kind: str, needed: dict[str, Check], allowed: dict[str, Check] | None = None) -> Check:
    return record({"type": constant(kind), **needed}, allowed)


SPANS = by_type(
    {
        "text": _one("text", {"text": string()}, {"style": STYLE}),
        "link": _one(
            "link", {"url": string(3000)}, {"text": string(), "unsafe": boolean, "style": STYLE}
        ),
        "emoji": _one("emoji", {"name": string()}, {"unicode": string(), "style": STYLE}),
        "user": _one("user", {"user_id": string()}, {"style": MENTION_STYLE}),
        "channel": _one("channel", {"channel_id": string()}, {"style": MENTION_STYLE}),
        "usergroup": _one("usergroup", {"usergroup_id": string()}, {"style": MENTION_STYLE}),
        "broadcast": _one(
            "broadcast", {"range": one_of("here", "channel", "everyone")}, {"style": STYLE}
        ),
        "date": _one(
            "date",
            {"timestamp": integer(0, 10**11), "format": string()},
            {"url": string(3000), "fallback": string(), "style": STYLE},
        ),
        "color": _one("color", {"value": string(7)}, {"style": STYLE}),
    }
)
SECTION = _one("rich_text_section", {"elements": array(SPANS, MOST, 0)})
PLAIN_SPANS = by_type(
    {
        "text": _one("text", {"text": string()}, {"style": STYLE}),
        "link": _one(
            "link", {"url": string(3000)}, {"text": string(), "unsafe": boolean, "style": STYLE}
        ),
    }
)
BORDER = integer(0, 1)

RICH_TEXT = record(
    {
        "type": constant("rich_text"),
        "elements": array(
            by_type(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": _one(
                        "rich_text_list",
                        {"elements": array(SECTION, MOST), "style": one_of("bullet", "ordered")},
                        {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": BORDER},
                    ),
                    "rich_text_preformatted": _one(
                        "rich_text_preformatted",
                        {"elements": array(PLAIN_SPANS, MOST)},
                        {"border": BORDER, "language": string()},
                    ),
                    "rich_text_quote": _one(
                        "rich_text_quote",
                        {"elements": array(SPANS, MOST)},
                        {"border": BORDER},
                    ),
                }
            ),
            MOST,
        ),
    },
    {"block_id": string(255)},
)
