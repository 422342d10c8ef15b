"""The whole life of a bag: laboratory, holds, hospitals, recalls, registries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("antigens", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hla", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("attributes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("intended_for", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("patient", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_bag_intended_for"), ["intended_for"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_patient"), ["patient"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_patient"))
        batch_op.drop_index(batch_op.f("ix_bag_intended_for"))
        batch_op.drop_column("patient")
        batch_op.drop_column("intended_for")
        batch_op.drop_column("attributes")
        batch_op.drop_column("hla")
        batch_op.drop_column("antigens")
