"""The kinds of file that a report can be had as, in the words in which people pick one. Who makes
them is handed in: see ports.Exporter."""

from bot.core.commands import Choice

FORMATS = (
    Choice("csv", "CSV: the students, for any program"),
    Choice("xlsx", "Excel: students, discussions, messages, definitions"),
    Choice("html", "A page: tables and pictures, to read and print"),
    Choice("json", "JSON: everything, for a program"),
    Choice("moodle", "CSV in the columns of Moodle's forum report"),
    Choice("xapi", "xAPI statements, for a learning record store"),
)
