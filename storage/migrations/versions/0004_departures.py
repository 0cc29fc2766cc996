"""Who has left a course; and with which account a side was taken, so that members can be split."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departures",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_departures_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_departures_account_id")
        ),
        sa.PrimaryKeyConstraint("course_id", "account_id", name=op.f("pk_departures")),
    )
    # Written out: Alembic adds a foreign key by a second statement, which SQLite does not have.
    op.execute(
        "ALTER TABLE sides_taken ADD COLUMN account_id INTEGER"
        " CONSTRAINT fk_sides_taken_account_id REFERENCES accounts (id)"
    )
    # Of members who were linked before, all their sides are the first account's.
    op.execute(
        "UPDATE sides_taken SET account_id = (SELECT MIN(account_id) FROM member_accounts"
        " WHERE member_accounts.member_id = sides_taken.member_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("sides_taken") as table:
        table.drop_column("account_id")
    op.drop_table("departures")
