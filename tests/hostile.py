"""Texts that were written to do harm, or only look like it: our own generator."""

import random
from collections.abc import Iterator

FIXED = (
    "@everyone look", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</help:1>", "<t:0:R>",
    "<:pit:1>", "<a:pit:1>", "<id:guide>", ":skull: :+1: :thumbsup::skin-tone-1:",
    "**bold** *soft* _low_ __under__ ~~gone~~ ||hidden||", "***all***", "a_b_c 2*3*4",
    "`code` ``two`` ```py\nblock\n```", "```", "`", "``", "\\", "\\*not\\*", "\\\\\\`",
    "# Heading\n## Two\n### Three\n-# small", "- a\n- b\n* c\n+ d\n1. one\n2. two\n  - deep",
    "> quoted\n>>> all of it", "[press](https://evil.example)", "[a](<javascript:alert(1)>)",
    "https://evil.example/@everyone", "HTTPS://EVIL.example", "<https://evil.example>",
    "discord.gg/evil http://a_b_c.example/x_y", "javascript:alert(1)", "=HYPERLINK(1)",
    "\x00\x01\x07\x1b[31mred\x7f\x9f", "left\u202eright\u202c \u2066in\u2069",
    "z" + "\u0300\u0301\u0315\u0488" * 60 + "algo",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308",
    "\U0001f44d\U0001f3fd \U0001f1ec\U0001f1e7",
    "كولاك ועובד 突撃手 ударник",
    "\ud800 half \udfff", "a\r\nb\rc\u2028d\u2029e", "\u200b\u200d\ufeff", "¯\\_(ツ)_/¯",
    "|||||| ______ ****** ~~~~~~ ``````", "<" * 50 + "@" * 50, "x" * 4_000, "👍" * 2_000,
    "*" * 4_000, "_ " * 2_000, "word " * 800, "\n" * 500 + "end", "1.\n2.\n3.\n" * 300,
)  # fmt: skip

_PIECES = (
    "@everyone", "@here", "<@1>", "<@&1>", "<t:1>", "**", "*", "_", "__", "~~", "||", "`", "```",
    "> ", "# ", "- ", "1. ", "-# ", "\n", "\n\n", " ", "[", "](", ")", "https://x.example", "\\",
    "\u202e", "\u0301", "\u200d", "👍", "ударник", "word", "Ω", ":a:", "\x00", "<", ">", "/",
    "|", "é",
)  # fmt: skip


def strings(seed: int = 1935, count: int = 60) -> Iterator[str]:
    """The fixed ones, then as many again of pieces thrown together."""
    yield from FIXED
    source = random.Random(seed)
    for _ in range(count):
        yield "".join(source.choices(_PIECES, k=source.randint(1, 40)))
