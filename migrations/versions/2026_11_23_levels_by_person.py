"""levels lie in the order in which they are read, person by person

SQLite only: a table without row ids is stored in the order of its key, and a person's levels are neighbours.

Revision ID: 4e8b1f6d20c7
Revises: 7c1d5e0a94b2
"""

from alembic import op

revision = '4e8b1f6d20c7'
down_revision = '7c1d5e0a94b2'
branch_labels = None
depends_on = None


def upgrade():
    _rebuild({"sqlite_with_rowid": False})


def downgrade():
    _rebuild({})


def _rebuild(table_kwargs):
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("held_level", recreate="always", table_kwargs=table_kwargs):
            pass
