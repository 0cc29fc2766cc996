"""Every command, declared once. Discord, Slack, the browser, /help and the README's table are
generated from this."""

from dataclasses import replace

from bot.core import (
    checking,
    citing,
    comparing,
    courses,
    discussion_times,
    discussions,
    ending,
    facts,
    gradebook_catalog,
    joining,
    linking,
    packs,
    participation_catalog,
    prompts,
    responding,
    roster,
    roster_import,
    roster_linking,
    schedule_calendar,
    schedule_cards,
    schedule_commands,
    scheduling,
    setup,
    term,
    timeline,
)
from bot.core import help as help_
from bot.core.commands import Catalog, Choice, Command, OnMessage, Param, Role, Type

_DISCUSSION = Param(
    "discussion",
    "A discussion, such as D3; in its thread it need not be named",
    complete=discussions.choices,
)
_OPEN = Param(_DISCUSSION.name, _DISCUSSION.summary, complete=discussions.open_choices)
_TITLE = Param("title", "A short title", most=prompts.TITLE_MOST)
_TEXT = Param("text", "The question, as students will read it", Type.PARAGRAPH,
              most=prompts.TEXT_MOST)  # fmt: skip
_SIDES = Param("sides", "Positions to take, parted by semicolons; none if left empty", most=400)
_TAGS = Param("tags", "Words to find it by, parted by commas")
_ZONE = Param("zone", "IANA time zone, such as Europe/London", complete=setup.zone_choices)
_PACK = Param("pack", "The pack of facts and prompts", complete=setup.pack_choices)
_FACT = Param("fact", "A fact's id such as F3, or words of it", complete=facts.id_choices)
_STYLE = Param("style", "The style guide; Chicago if left empty", choices=citing.STYLES)
_STAFF_CHANNEL = Param("staff_channel", "A private channel for notices to staff", Type.CHANNEL)
_ROLES = (
    Param("instructors", "A role on Discord whose holders are instructors", Type.ROLE),
    Param("assistants", "A role on Discord whose holders are assistants", Type.ROLE),
    Param("notify", "A role on Discord that each prompt posted there notifies", Type.ROLE),
)
_ROSTER = (
    Param("file", "The roster, from Canvas, Moodle or a spreadsheet", Type.FILE, required=True,
          most=roster_import.MOST_BYTES),
    Param("full_name", "The column with the name, or the first name; recognised if left empty"),
    Param("surname", "The column with the last name, if it stands apart"),
    Param("student_id", "The column with the registrar's id"),
    Param("login", "The column with the login"),
    Param("email", "The column with the e-mail address"),
    Param("section", "The column with the section or group"),
    Param("missing", "What of those who are not in the file", choices=roster_import.MISSING),
)  # fmt: skip
_HERE = Param("channel", "A channel of the course, or all; here if left empty",
              complete=discussions.channel_choices)  # fmt: skip
_DUE = Param("due", "When it is due, such as friday 5pm, seen from each post", by_name=True)
_CLOSES = Param("closes", "When it closes by itself, such as in 7 days, seen from each post",
                by_name=True)  # fmt: skip
_REMIND = Param("remind", "Hours before it is due that the channel is reminded; none if left empty",
                Type.INTEGER, most=24 * 30, by_name=True)  # fmt: skip
_SCHEDULE = Param("schedule", "A schedule, such as S3", required=True,
                  complete=schedule_cards.choices)  # fmt: skip


def _required(param: Param) -> Param:
    return replace(param, required=True)


def build() -> Catalog:
    """The catalogue, in the order in which people are shown it."""
    student, assistant, instructor = Role.STUDENT, Role.ASSISTANT, Role.INSTRUCTOR
    return Catalog(
        [
            Command(
                "help", "What you can use here", student, help_.help_,
                (Param("command", "A command, to see all of it", complete=help_.choices),),
            ),
            Command(
                "fact search", "Find facts by words, figures, dates or names", student,
                facts.search,
                (Param("text", "What to look for", required=True, complete=facts.choices),),
            ),
            Command(
                "fact about", "One fact by its id, or the facts of a topic", student, facts.about,
                (Param("subject", "A topic, or a fact's id such as F3", required=True,
                       complete=facts.choices),),
            ),
            Command(
                "fact random", "Any fact, with its source", student, facts.random,
                (Param("topic", "A topic", complete=facts.topic_choices),),
            ),
            Command(
                "fact check", "Check what somebody claims against the sources", student,
                checking.check,
                (Param("text", "What is claimed", Type.PARAGRAPH, True, most=checking.MOST),),
                on_message=OnMessage("Check sources", "text"),
            ),
            Command(
                "fact cite", "A fact's sources in the form of Chicago, MLA or APA", student,
                citing.cite, (_required(_FACT), _STYLE),
            ),
            Command(
                "fact bibliography", "The sources of what was named in a discussion, as a list",
                student, citing.bibliography, (_DISCUSSION, _STYLE),
            ),
            Command(
                "fact source", "Where a fact stands in its sources, and the words there", student,
                facts.source, (_required(_FACT),),
            ),
            Command(
                "fact disputed", "What is said against a fact, or where the sources differ",
                student, facts.disputed, (_FACT,),
            ),
            Command(
                "fact discuss", "The discussions and prompts that build on a fact", student,
                facts.discuss, (_required(_FACT),),
            ),
            Command(
                "fact compare", "Two or three subjects side by side, each claim with its facts",
                student, comparing.compare,
                (
                    Param("first", "A subject, such as kulaks", required=True,
                          complete=comparing.choices),
                    Param("second", "Another subject", required=True, complete=comparing.choices),
                    Param("third", "A third one", complete=comparing.choices),
                ),
            ),
            Command(
                "fact timeline", "Dated facts in order, and as a picture", student,
                timeline.timeline,
                (Param("topic", "A topic; all of them if left empty",
                       complete=facts.topic_choices),),
            ),
            Command("prompt list", "The open discussions", student, prompts.list_),
            Command(
                "prompt side", "Take a side in a discussion, or change it", student,
                discussions.side,
                (
                    Param("side", "One of the prompt's sides", required=True,
                          complete=discussions.side_choices),
                    _OPEN,
                ),
            ),
            Command(
                "prompt respond", "Say which message your next one in a thread responds to",
                student, responding.respond,
                (Param("message", "The message, by its id; or use Responding to this on it",
                       required=True),),
                on_message=OnMessage("Responding to this", "message", "ref"),
                without_references=True,
            ),
            *participation_catalog.of_students(),
            Command(
                "course link", "Say that you are the same person in two spaces of the course",
                student, linking.link,
                (Param("code", "The code you got in the other space; left empty, you get one"),),
            ),
            Command(
                "roster claim", "Say who you are on the roster, or see what it says of you",
                student, roster_linking.claim,
                (Param("name_or_id", "Your name, student id or e-mail, as the registrar has it"),),
            ),
            *participation_catalog.of_staff(),
            *gradebook_catalog.of_staff(),
            Command("course show", "The course at a glance", assistant, courses.show),
            Command(
                "course roster", "Take the course's roster from a file (CSV or XLSX)", assistant,
                roster_import.import_, _ROSTER,
            ),
            Command(
                "roster list", "The roster, with who in class is who", assistant, roster.list_,
                (Param("show", "Only some of it; all if left empty", choices=roster.SHOWN),),
            ),
            Command(
                "roster link", "Say which student on the roster an account is", assistant,
                roster_linking.link,
                (
                    Param("student", "An account of the course", required=True,
                          complete=linking.account_choices),
                    Param("entry", "The student on the roster", required=True,
                          complete=roster.entry_choices),
                ),
            ),
            Command(
                "roster unlink", "Take a link to the roster back", assistant,
                roster_linking.unlink,
                (Param("student", "An account of the course", required=True,
                       complete=linking.account_choices),),
            ),
            Command(
                "prompt preview", "A prompt as the class would see it", instructor,
                prompts.preview,
                (Param("prompt", "A prompt's id or title", required=True,
                       complete=prompts.choices),),
            ),
            Command(
                "prompt post", "Post a prompt and open its discussion", instructor,
                discussions.post,
                (
                    Param("prompt", "A prompt's id or title", required=True,
                          complete=prompts.choices),
                    _HERE,
                    Param("due", "When it is due, such as friday 5pm", by_name=True),
                    Param("closes", "When it closes by itself, such as in 7 days", by_name=True),
                    _REMIND,
                ),
            ),
            Command(
                "prompt schedule", "Post prompts at their times, once or again and again",
                instructor, scheduling.propose,
                (
                    Param("prompt", "A prompt; several, parted by semicolons; or next, or next"
                          " and a tag", required=True, complete=scheduling.prompt_choices,
                          most=2_000),
                    Param("when", "When it is posted, such as next monday 9am; left empty, a form"
                          " asks"),
                    Param("repeat", "How often; once if left empty",
                          complete=scheduling.repeat_choices, by_name=True),
                    Param("until", "The last date, or how many times, such as dec 12 or 10",
                          by_name=True),
                    replace(_HERE, by_name=True), _DUE, _CLOSES, _REMIND,
                ),
            ),
            Command(
                "prompt new", "Write a prompt of your own", instructor, prompts.new,
                (_required(_TITLE), _required(_TEXT), _SIDES, _TAGS), form=True,
            ),
            Command(
                "prompt edit", "Change a prompt written here, also where it is posted",
                instructor, prompts.edit,
                (
                    Param("prompt", "A prompt written here, such as P2", required=True,
                          complete=prompts.own_choices),
                    _TITLE, _TEXT, _SIDES, _TAGS,
                ),
            ),
            Command(
                "prompt withdraw", "Take back a discussion, or a prompt written here",
                instructor, ending.withdraw,
                (Param("what", "A discussion such as D3 or a prompt such as P2; in a thread, its"
                       " discussion", complete=ending.withdraw_choices),),
            ),
            Command(
                "prompt close", "Close a discussion and sum it up", instructor,
                ending.close, (_OPEN,),
            ),
            Command(
                "prompt reopen", "Open a closed discussion again", instructor,
                ending.reopen, (_DISCUSSION,),
            ),
            Command(
                "prompt due", "When a discussion is due, closes, and the channel is reminded",
                instructor, discussion_times.due,
                (
                    _OPEN,
                    Param("due", "When it is due, such as friday 5pm; or none"),
                    Param("closes", "When it closes by itself; or none"),
                    _REMIND,
                ),
            ),
            Command(
                "prompt why", "Why a discussion was posted, and each of its follow-ups",
                assistant, discussion_times.why, (_DISCUSSION,),
            ),
            Command(
                "schedule list", "What is scheduled, and what comes next", assistant,
                schedule_commands.list_,
            ),
            Command(
                "schedule show", "One schedule: what it posted, and what is to come", assistant,
                schedule_commands.show, (_SCHEDULE,),
            ),
            Command(
                "schedule calendar", "What is scheduled, as a file for your calendar", assistant,
                schedule_calendar.calendar,
            ),
            Command(
                "schedule confirm", "Confirm what was proposed", instructor, scheduling.confirm,
                (_SCHEDULE,),
            ),
            Command(
                "schedule discard", "Drop what was proposed", instructor,
                schedule_commands.discard, (_SCHEDULE,),
            ),
            Command(
                "schedule pause", "Post nothing until it is resumed", instructor,
                schedule_commands.pause, (_SCHEDULE,),
            ),
            Command(
                "schedule resume", "Go on with what falls due from now on", instructor,
                schedule_commands.resume, (_SCHEDULE,),
            ),
            Command(
                "schedule move", "Post the next one, or that of a day, at another time",
                instructor, schedule_commands.move,
                (
                    _SCHEDULE,
                    Param("when", "The new time, such as thursday 9am", required=True),
                    Param("date", "The day whose post is moved; the next one's if left empty"),
                ),
            ),
            Command(
                "schedule skip", "Post nothing on these days", instructor,
                schedule_commands.skip,
                (
                    _SCHEDULE,
                    Param("dates", "Days, such as nov 26, dec 24 to jan 2", required=True,
                          most=400),
                ),
            ),
            Command(
                "schedule cancel", "Post nothing more; what was posted stays", instructor,
                schedule_commands.cancel, (_SCHEDULE,),
            ),
            Command(
                "schedule post-now", "Post the next one now instead of at its time", instructor,
                schedule_commands.post_now, (_SCHEDULE,),
            ),
            Command(
                "course setup", "Make a channel a course's", instructor, setup.setup,
                (
                    _required(_TITLE), _ZONE, _PACK,
                    Param("channel", "The channel to set up; this one if left empty",
                          Type.CHANNEL),
                    Param("tag", "The tag of what is posted, in a forum that wants one",
                          complete=setup.tag_choices),
                    _STAFF_CHANNEL, *_ROLES,
                ),
                managers=True,
            ),
            Command(
                "course staff", "Make a member instructor, assistant or student", instructor,
                courses.staff,
                (
                    Param("person", "A member of the course", Type.PERSON, True,
                          complete=courses.member_choices),
                    Param("role", "What they are from now on", required=True,
                          choices=tuple(Choice(role.word, role.word) for role in Role)),
                ),
                managers=True,
            ),
            Command(
                "course settings", "See or change the course's settings", instructor,
                setup.settings,
                (
                    _TITLE, _ZONE, _PACK,
                    Param("catch_up", "Hours after which a missed prompt is not posted any more",
                          Type.INTEGER, most=168),
                    Param("keep_text", "Days that texts are kept; 0 sets no end", Type.INTEGER,
                          most=3_650),
                    Param("scheduled", "With a new zone: what becomes of what is scheduled",
                          choices=term.SCHEDULED, by_name=True),
                    Param("term_from", "The first day on which anything is posted; or none",
                          by_name=True),
                    Param("term_until", "The last day on which anything is posted; or none",
                          by_name=True),
                    Param("quiet", "Hours without follow-ups, such as 22:00-07:00; or none",
                          by_name=True),
                    _STAFF_CHANNEL, *_ROLES,
                    Param("clear", "What the course is to have no longer", choices=setup.CLEARED),
                ),
            ),
            Command(
                "course code", "Make a code with which another channel joins the course",
                instructor, joining.code,
            ),
            Command(
                "course join", "Make this channel one of the course whose code you were given",
                instructor, joining.join,
                (Param("code", "The code that an instructor of the course made", required=True),),
                managers=True,
            ),
            Command(
                "course merge", "Make two accounts of one student one member", instructor,
                linking.merge,
                (
                    Param("first", "An account in one space of the course", required=True,
                          complete=linking.account_choices),
                    Param("second", "The same student's account in another space", required=True,
                          complete=linking.account_choices),
                ),
            ),
            Command(
                "course split", "Make one of a member's accounts a member of its own again",
                instructor, linking.split,
                (Param("account", "The account that is somebody else's after all", required=True,
                       complete=linking.linked_choices),),
            ),
            Command(
                "course reload", "Read the course's pack again after it was edited", instructor,
                packs.reload,
            ),
            Command(
                "course archive", "Close the course to changes, for good", instructor,
                courses.archive,
                (Param("confirm", "The course's title, to confirm", required=True),),
            ),
        ]
    )  # fmt: skip
