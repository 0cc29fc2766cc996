"""The roster: who the registrar says is in a course, and which account is which of them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("student_id", sa.String(), nullable=True),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("section", sa.String(), nullable=True),
        sa.Column("lms_id", sa.String(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_roster_entries_course_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roster_entries_course_id", "roster_entries", ["course_id"])
    op.create_table(
        "roster_links",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_roster_links_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_roster_links_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["roster_entries.id"],
            name=op.f("fk_roster_links_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", "account_id", name=op.f("pk_roster_links")),
    )
    op.create_index("ix_roster_links_entry_id", "roster_links", ["entry_id"])
    op.create_table(
        "roster_claims",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_roster_claims_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["identities.account_id"],
            name=op.f("fk_roster_claims_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", "account_id", name=op.f("pk_roster_claims")),
    )


def downgrade() -> None:
    op.drop_table("roster_claims")
    op.drop_table("roster_links")
    op.drop_table("roster_entries")
