"""What Discord takes at most, each with the page of its developer documentation that says so."""

from datetime import timedelta

# Resources / Message / Embed Limits. Spaces at the beginning and end are trimmed by Discord.
EMBED_TITLE = 256
EMBED_DESCRIPTION = 4_096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1_024
EMBED_FOOTER = 2_048
EMBEDS_IN_ALL = 6_000
"""Titles, descriptions, fields and footers of all the embeds of one message together."""

# Resources / Message / Create Message.
EMBEDS = 10
CONTENT = 2_000
FILES = 10
NONCE = 25
# Resources / Message / Attachment Structure.
FILE_DESCRIPTION = 1_024
# Reference / Uploading Files: what every server takes, whatever its boosts.
FILE_BYTES = 10 * 1_024 * 1_024

# Components / Reference / Action Row, Button, Label, Text Input, String Select.
ROWS = 5
BUTTONS_IN_ROW = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
MODAL_LABEL = 45
MODAL_DESCRIPTION = 100
TEXT_INPUT = 4_000
PLACEHOLDER = 100
SELECT_OPTIONS = 25
SELECT_OPTION_LABEL = 100
SELECT_OPTION_VALUE = 100
# Interactions / Receiving and Responding / Modal.
MODAL_TITLE = 45
MODAL_COMPONENTS = 5
# Components / Reference / Text Display: of all of them together.
TEXT_DISPLAY = 4_000
TOKEN_VALID = timedelta(minutes=15)

# Resources / Channel / Start Thread from Message.
THREAD_NAME = 100

# Interactions / Application Commands / Structure, Option, Option Choice, Registering a Command.
COMMANDS = 100
COMMAND_DESCRIPTION = 100
COMMAND_CHARACTERS = 8_000
"""Names, descriptions and choices' values of a command with all that is under it."""
SUBCOMMANDS = 25
OPTIONS = 25
CHOICES = 25
CHOICE_NAME = 100
CHOICE_VALUE = 100
