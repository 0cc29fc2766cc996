"""What Slack takes at most, each with the page of docs.slack.dev that says so. Lengths are counted
as the strictest reading counts them (see bot/core/rendering.py)."""

from datetime import timedelta

# reference/block-kit/blocks
BLOCKS = 50
VIEW_BLOCKS = 100
"""Of a modal or a home tab."""

# reference/block-kit/blocks/header-block, context-block, actions-block, image-block
HEADER = 150
CONTEXT_ELEMENTS = 10
BUTTONS = 25
IMAGE_URL = 3_000
ALT_TEXT = 2_000

# reference/block-kit/blocks/table-block; a second table is refused (only_one_table_allowed).
TABLES = 1
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
"""Of all cells together."""

# reference/block-kit/composition-objects/text-object; for rich text nothing is documented, and it
# is held to the same.
TEXT = 3_000
CONTEXT_TEXT = 2_000
LINK = 3_000

# Not documented: from some 13,000 characters on chat.postMessage answers msg_blocks_too_long, and
# each block takes some 125 (slackapi/bolt-js, issue 2509).
MESSAGE = 12_000
BLOCK_COST = 125

# reference/block-kit/block-elements/button-element
ACTION_ID = 255
BUTTON_LABEL = 75
BUTTON_VALUE = 2_000

# reference/block-kit/composition-objects/option-object, block-elements/select-menu-element
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
PLACEHOLDER = 150

# reference/block-kit/blocks/input-block, block-elements/plain-text-input-element
INPUT_LABEL = 2_000
INPUT_HINT = 2_000
TEXT_INPUT = 3_000

# reference/views/modal-views
MODAL_TITLE = 24
PRIVATE_METADATA = 3_000

# interactivity/handling-user-interaction: five answers within 30 minutes
RESPONSE_URL_VALID = timedelta(minutes=30)

# reference/app-manifest, and the lengths of slackapi/manifest-schema
COMMANDS = 50
COMMAND_NAME = 32
COMMAND_DESCRIPTION = 2_000
USAGE_HINT = 1_000
SHORTCUTS = 10
SHORTCUT_NAME = 24
SHORTCUT_DESCRIPTION = 150
CALLBACK_ID = 255
BOT_EVENTS = 100
