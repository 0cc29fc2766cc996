"""All that figures are made of in one index; frozen exports, and the keys of pseudonyms."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
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
    op.create_table(
        "exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("pseudonyms", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_exports_course_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_exports_course_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "export_rows",
        sa.Column("export_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["exports.id"],
            name=op.f("fk_export_rows_export_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "member_id", name=op.f("pk_export_rows")),
    )


def downgrade() -> None:
    op.drop_table("export_rows")
    op.drop_table("exports")
    op.drop_table("course_keys")
    op.drop_index("ix_messages_counting", table_name="messages")
    op.create_index(
        "ix_messages_discussion_id_member_id_sent_at",
        "messages",
        ["discussion_id", "member_id", "sent_at"],
    )
