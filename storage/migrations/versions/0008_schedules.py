"""Schedules and their occurrences, due and closing times, follow-ups, and what single students are
allowed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allowances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('extension', 'excuse')", name=op.f("ck_allowances_kind")),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_allowances_discussion_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["given_by"], ["members.id"], name=op.f("fk_allowances_given_by")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_allowances_member_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowances")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_allowances_discussion_id_member_id", "allowances", ["discussion_id", "member_id"]
    )
    op.create_table(
        "follow_ups",
        sa.Column("discussion_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("check_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'owed', 'dropped')", name=op.f("ck_follow_ups_state")
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussions.id"], name=op.f("fk_follow_ups_discussion_id")
        ),
        sa.PrimaryKeyConstraint("discussion_id", "key", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        "ix_follow_ups_check_at",
        "follow_ups",
        ["check_at"],
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    awaiting = sa.text("state = 'pending' AND check_at IS NULL")
    op.create_index(
        "ix_follow_ups_waiting",
        "follow_ups",
        ["discussion_id"],
        sqlite_where=awaiting,
        postgresql_where=awaiting,
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("invocation", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("prompts", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("due_minutes", sa.Integer(), nullable=True),
        sa.Column("close_minutes", sa.Integer(), nullable=True),
        sa.Column("remind_minutes", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.String(), nullable=True),
        sa.Column("next", sa.String(), nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'paused', 'cancelled', 'ended')",
            name=op.f("ck_schedules_state"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_schedules_course_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["members.id"], name=op.f("fk_schedules_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint(
            "course_id", "invocation", name=op.f("uq_schedules_course_id_invocation")
        ),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_schedules_course_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_schedules_next_at",
        "schedules",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "allowance_reasons",
        sa.Column("allowance_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allowance_id"],
            ["allowances.id"],
            name=op.f("fk_allowance_reasons_allowance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("allowance_id", name=op.f("pk_allowance_reasons")),
    )
    op.create_table(
        "occurrences",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("local", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("moved_at", sa.BigInteger(), nullable=True),
        sa.Column("discussion_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('skipped', 'moved', 'opened', 'missed', 'empty')",
            name=op.f("ck_occurrences_state"),
        ),
        sa.ForeignKeyConstraint(
            ["discussion_id"],
            ["discussions.id"],
            name=op.f("fk_occurrences_discussion_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_occurrences_schedule_id")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "local", name=op.f("pk_occurrences")),
    )
    op.create_index("ix_occurrences_discussion_id", "occurrences", ["discussion_id"])
    op.create_table(
        "schedule_channels",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_schedule_channels_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedules.id"], name=op.f("fk_schedule_channels_schedule_id")
        ),
        sa.PrimaryKeyConstraint("schedule_id", "channel_id", name=op.f("pk_schedule_channels")),
    )
    op.add_column(
        "courses",
        sa.Column(
            "quiet_hours", sa.String(), server_default=sa.text("'22:00-07:00'"), nullable=True
        ),
    )
    op.add_column("discussions", sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.add_column("discussions", sa.Column("closes_at", sa.BigInteger(), nullable=True))
    op.add_column("discussions", sa.Column("remind_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_discussions_closes_at",
        "discussions",
        ["closes_at"],
        sqlite_where=sa.text("closes_at IS NOT NULL"),
        postgresql_where=sa.text("closes_at IS NOT NULL"),
    )
    op.create_index(
        "ix_discussions_remind_at",
        "discussions",
        ["remind_at"],
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.add_column("outbox", sa.Column("follow_up", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "follow_up")
    op.drop_index(
        "ix_discussions_remind_at",
        table_name="discussions",
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_discussions_closes_at",
        table_name="discussions",
        sqlite_where=sa.text("closes_at IS NOT NULL"),
        postgresql_where=sa.text("closes_at IS NOT NULL"),
    )
    op.drop_column("discussions", "remind_at")
    op.drop_column("discussions", "closes_at")
    op.drop_column("discussions", "due_at")
    op.drop_column("courses", "quiet_hours")
    op.drop_table("schedule_channels")
    op.drop_index("ix_occurrences_discussion_id", table_name="occurrences")
    op.drop_table("occurrences")
    op.drop_table("allowance_reasons")
    op.drop_index(
        "ix_schedules_next_at",
        table_name="schedules",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_table("schedules")
    op.drop_index("ix_follow_ups_waiting", table_name="follow_ups")
    op.drop_index(
        "ix_follow_ups_check_at",
        table_name="follow_ups",
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.drop_table("follow_ups")
    op.drop_index("ix_allowances_discussion_id_member_id", table_name="allowances")
    op.drop_table("allowances")
