"""Which files of archives were brought in; and what is done in the terminal, by no member."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archive_files",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_archive_files_course_id")
        ),
        sa.PrimaryKeyConstraint("course_id", "digest", name=op.f("pk_archive_files")),
    )
    with op.batch_alter_table("audit", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("member_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM audit WHERE member_id IS NULL")
    with op.batch_alter_table("audit", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("member_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("archive_files")
