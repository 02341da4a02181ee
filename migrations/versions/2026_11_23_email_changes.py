"""email changes, and letters to another address than today's

Revision ID: 7c1d5e0a94b2
Revises: 56125ef53c58
"""

import sqlalchemy as sa
from alembic import op
import app.db
revision = '7c1d5e0a94b2'
down_revision = '56125ef53c58'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('email_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.String(length=254), nullable=False),
    sa.Column('after', sa.String(length=254), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', app.db.UTCDateTime(), nullable=False),
    sa.Column('told_at', app.db.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_email_change_changed_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_email_change_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_email_change'))
    )
    op.create_index(op.f('ix_email_change_person_id'), 'email_change', ['person_id'], unique=False)
    op.add_column('notice', sa.Column('to_address', sa.String(length=254), nullable=True))


def downgrade():
    op.drop_column('notice', 'to_address')
    op.drop_index(op.f('ix_email_change_person_id'), table_name='email_change')
    op.drop_table('email_change')
