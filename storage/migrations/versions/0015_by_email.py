"""Links to the roster that were made by e-mail, and accounts that are not to be linked so."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "roster_links",
        sa.Column("by_email", sa.Boolean(), server_default=sa.text("0"), nullable=False),
    )
    op.create_table(
        "roster_apart",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_roster_apart_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_roster_apart_account_id")
        ),
        sa.PrimaryKeyConstraint("course_id", "account_id", name=op.f("pk_roster_apart")),
    )


def downgrade() -> None:
    op.drop_table("roster_apart")
    op.drop_column("roster_links", "by_email")
