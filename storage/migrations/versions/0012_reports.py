"""All that figures are made of in one index; the keys of pseudonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_messages_discussion_id_member_id_sent_at", table_name="messages")
    op.create_index(
        "ix_messages_counting",
        "messages",
        [
            "discussion_id",
            "member_id",
            "sent_at",
            "parent_id",
            "parent_by",
            "role",
            "deleted_at",
            "channel_id",
            "thread",
            "words",
            "words_raw",
            "characters",
            "attachments",
        ],
    )
    op.create_table(
        "course_keys",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_keys_course_id")
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_keys")),
    )


def downgrade() -> None:
    op.drop_table("course_keys")
    op.drop_index("ix_messages_counting", table_name="messages")
    op.create_index(
        "ix_messages_discussion_id_member_id_sent_at",
        "messages",
        ["discussion_id", "member_id", "sent_at"],
    )
