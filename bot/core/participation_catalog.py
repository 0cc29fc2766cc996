"""The commands about what students did: catalog.py has all of them in order."""

from dataclasses import replace

from bot.core import (
    allowing,
    courses,
    defining,
    discussions,
    exporting,
    frozen,
    grading_commands,
    reporting,
    since_export,
)
from bot.core.commands import Choice, Command, OnMessage, Param, Role, Type
from bot.core.formats import FORMATS

_STUDENT = Param("student", "A student of the course", Type.PERSON, True,
                 complete=courses.member_choices)  # fmt: skip
_REASON = Param("reason", "Why, for the report and for colleagues", required=True)
_DISCUSSION = Param("discussion", "A discussion, such as D3; in its thread it need not be named",
                    complete=discussions.choices)  # fmt: skip
_OVER = (
    Param("from", "The first day, such as 2026-09-07"),
    Param("to", "The last day, which is included"),
    Param(
        "discussion", "Discussions, such as D3, D5; all if left empty", complete=discussions.choices
    ),
    Param(
        "channel",
        "A channel of the course; all if left empty",
        complete=discussions.channel_choices,
    ),
    Param("section", "A section of the roster; all if left empty"),
)


def of_students() -> tuple[Command, ...]:
    """What students may ask of themselves."""
    student = Role.STUDENT
    return (
        Command(
            "participation me", "What is recorded about you, and why", student, reporting.me
        ),
        Command(
            "participation counted", "Why one message counts or not", student,
            reporting.counted,
            (Param("message", "The message, by its id; or use Why counted? on it",
                   required=True),),
            on_message=OnMessage("Why counted?", "message", "ref"),
        ),
        Command(
            "participation rule", "What gives points here, in words; an instructor sets it",
            student, grading_commands.rule,
            (Param("rule", "For an instructor: 2 points for a post by due; at most 4; or none",
                   most=500),),
        ),
        Command(
            "participation definitions", "What each figure means", student,
            defining.definitions,
        ),
    )  # fmt: skip


def of_staff() -> tuple[Command, ...]:
    """What staff may ask of the class, and allow."""
    assistant = Role.ASSISTANT
    return (
        Command(
            "participation class", "Every student's figures", assistant, reporting.class_,
            _OVER,
        ),
        Command(
            "participation quiet", "Answers nobody responded to, and students not heard yet",
            assistant, reporting.quiet,
            (Param("hours", "After how many hours; 24 if left empty", Type.INTEGER,
                   most=8_760),),
        ),
        Command(
            "participation why", "Each message of a student, and why it counts or not",
            assistant, reporting.why,
            (_STUDENT,),
        ),
        Command(
            "participation export", "The class's figures as a file", assistant,
            exporting.export,
            (
                Param("format", "The kind of file", choices=FORMATS),
                *_OVER,
                Param("pseudonyms", "Whether students' names are replaced by pseudonyms",
                      choices=(Choice("yes", "Yes"), Choice("no", "No"))),
            ),
        ),
        Command(
            "participation compare", "What has changed since an export, and why", assistant,
            since_export.compare,
            (Param("export", "An export, such as E3; the last one if left empty",
                   complete=frozen.choices),),
        ),
        Command(
            "participation extend", "Give a student more time for a discussion", assistant,
            allowing.extend,
            (
                _STUDENT,
                Param("until", "Until when, such as sunday 8pm", required=True),
                _REASON, _DISCUSSION,
            ),
        ),
        Command(
            "participation excuse", "Ask a discussion of a student no more", assistant,
            allowing.excuse, (_STUDENT, _REASON, _DISCUSSION),
        ),
        Command(
            "participation revoke", "Take an extension or an excuse back", assistant,
            allowing.revoke, (_STUDENT, _DISCUSSION),
        ),
        Command(
            "participation override", "Give a student other points than the rule's", assistant,
            grading_commands.override,
            (
                _STUDENT, replace(_DISCUSSION, required=True),
                Param("points", "How many, such as 2.5; the rule's again if left empty"),
                Param(_REASON.name, _REASON.summary),
            ),
        ),
    )  # fmt: skip
