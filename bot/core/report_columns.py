"""The definitions: every column and figure of a report, in one sentence each. Exports, the sheet of
definitions and /participation definitions show these and no others."""

from bot.core.report_model import Column, Definition, Kind

VERSION = "3"
"""Goes up whenever a sentence here changes what is counted: frozen exports name it."""

_T, _N, _X, _I, _L = Kind.TEXT, Kind.COUNT, Kind.NUMBER, Kind.INSTANT, Kind.LINK

RULES = (
    Definition(
        "counted",
        "A message counts if a student wrote it in a discussion while that was open, and neither"
        " it was deleted nor the discussion withdrawn; of a message that was edited, the last text"
        " counts.",
    ),
    Definition(
        "window",
        "A report over some days, discussions or a channel counts the messages written there; whom"
        " they answered may have written before.",
    ),
    Definition("classmate", "Another student of the course, who has left it or not."),
)

STUDENTS = (
    Column("member", _T, "The student's id on the roster, or else on their platform; or their"
           " pseudonym."),
    Column("name", _T, "What the student is called, or their pseudonym."),
    Column("discussions_open", _N, "Discussions that were open to the student: not withdrawn, not"
           " closed before they came, not opened after they left."),
    Column("excused", _N, "Those of them that staff did not ask of the student."),
    Column("extended", _N, "Those of them for which staff gave the student more time."),
    Column("discussions_joined", _N, "Discussions in which a message of theirs counts."),
    Column("on_time", _N, "Discussions with a due time by which their first counted message was"
           " written, or by the time that staff gave them."),
    Column("posts", _N, "Counted answers to a prompt."),
    Column("replies", _N, "Counted responses to a classmate's message."),
    Column("replies_inferred", _N, "Those of the replies that say whom they answer by a mention"
           " only."),
    Column("words", _N, "Pieces with a letter or digit, without code, mentions, addresses and"
           " emoji."),
    Column("words_raw", _N, "Pieces of the text between white space."),
    Column("characters", _N, "Characters of the text as it was written."),
    Column("attachments", _N, "Files with their messages."),
    Column("active_days", _N, "Distinct days, in the course's zone, on which a message counts."),
    Column("peers_root", _N, "Distinct classmates whose counted message they answered directly."),
    Column("peers_thread", _N, "Distinct classmates who had written earlier in a thread in which"
           " they wrote."),
    Column("peers_named", _N, "Distinct classmates whom they mentioned."),
    Column("replies_received", _N, "Counted responses of classmates to their counted messages."),
    Column("answered_by", _N, "Distinct classmates who wrote those responses."),
    Column("hours_to_first", _X, "Median, over the discussions they joined, of the hours from the"
           " opening to their first counted message."),
    Column("facts_cited", _N, "Distinct facts of the course's pack named by their ids."),
    Column("facts", _T, "The ids of those facts."),
    Column("links", _N, "Distinct addresses linked, as long as the texts are kept."),
    Column("sources_linked", _N, "Distinct sources of the course's pack linked."),
    Column("sides", _N, "Discussions in which they took a side."),
    Column("side_changes", _N, "How often they changed a side."),
    Column("reactions_given", _N, "Reactions that stand on classmates' counted messages."),
    Column("reactions_received", _N, "Reactions of other members on their counted messages."),
    Column("first", _I, "When the first counted message was written."),
    Column("last", _I, "When the last counted message was written."),
    Column("left", _I, "Since when the student is known not to be there any more."),
    Column("section", _T, "Their section, as the roster says."),
    Column("allowances", _T, "What staff allowed the student, by discussion, with the reason; the"
           " reason is left out with pseudonyms."),
)  # fmt: skip

POINTS = (
    Column("points", _X, "Points by the course's grading rule, and those that staff gave in its"
           " place; what is excused is left out."),
    Column("points_possible", _X, "The points of all that was asked of the student."),
    Column("points_given", _T, "The points that staff gave in the place of the rule's, by"
           " discussion, with the reason; that is left out with pseudonyms."),
)  # fmt: skip
"""The students' too, where the course has a grading rule."""

DISCUSSIONS = (
    Column("discussion", _T, "The discussion's short id."),
    Column("title", _T, "The prompt's title."),
    Column("opened", _I, "When it was opened."),
    Column("due", _I, "When it was due, where it was."),
    Column("closed", _I, "When it was closed last; empty while it is open."),
    Column("withdrawn", _I, "When it was withdrawn: then nothing in it counts."),
    Column("open_to", _N, "Students to whom it was open."),
    Column("joined", _N, "Students with a counted message in it."),
    Column("posts", _N, "Counted answers to the prompt."),
    Column("replies", _N, "Counted responses to classmates."),
    Column("unanswered", _N, "Counted answers to which no classmate responded."),
    Column("words", _N, "Words of the counted messages."),
)  # fmt: skip

REPLIES = (
    Column("message", _N, "An id of the message, for good."),
    Column("discussion", _T, "The discussion's short id."),
    Column("channel", _T, "The channel it stands in."),
    Column("member", _T, "Its author, as in the table of students."),
    Column("name", _T, "Its author's name, as in the table of students."),
    Column("sent", _I, "When it was written."),
    Column("edited", _I, "When its text was changed last."),
    Column("kind", _T, "post: an answer to the prompt; reply: a response to a classmate."),
    Column("to", _T, "To whom a reply responds, as in the column member; empty where that message"
           " is gone."),
    Column("counted", _T, "yes or no."),
    Column("rule", _T, "The rule by which it counts or does not."),
    Column("words", _N, "Its words, by the rule of the students' words."),
    Column("words_raw", _N, "Pieces between white space."),
    Column("characters", _N, "Characters of its text."),
    Column("attachments", _N, "Files with it."),
    Column("facts", _T, "The facts of the pack that it names."),
    Column("link", _L, "Where it can be opened."),
)  # fmt: skip

CLASS = (
    Definition("share_joined", "The share of students with a counted message, from 0 to 1."),
    Definition("posts_unanswered", "Counted answers to a prompt to which no classmate responded."),
    Definition(
        "voice_evenness",
        "The Gini coefficient of the students' words: 0 where all wrote as much, near 1 where one"
        " wrote nearly all.",
    ),
    Definition(
        "reciprocity",
        "Of the pairs in which one answered the other directly, counted each way, the share whose"
        " other way was gone too.",
    ),
)


def definitions(*, graded: bool = False) -> tuple[Definition, ...]:
    """All of them, in the order in which people are shown them; `graded`: with those of points."""
    columns = [*STUDENTS[2:], *(POINTS if graded else ()), *DISCUSSIONS[5:], *REPLIES]
    seen: dict[str, Definition] = {rule.name: rule for rule in RULES}
    for column in columns:
        seen.setdefault(column.name, Definition(column.name, column.meaning))
    for figure in CLASS:
        seen.setdefault(figure.name, figure)
    return tuple(seen.values())
