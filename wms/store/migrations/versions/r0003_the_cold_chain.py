"""The cold chain: limits, calibration, duties, notices, passports, rescue, stock between sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "stock_band",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("red_days", sa.Float(), nullable=False),
        sa.Column("amber_days", sa.Float(), nullable=False),
        sa.Column("preamber_days", sa.Float(), nullable=False),
        sa.Column("target_days", sa.Float(), nullable=False),
        sa.Column("near_days", sa.Float(), nullable=False),
        sa.Column("daily_use", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_band")),
    )
    with op.batch_alter_table("stock_band", schema=None) as batch_op:
        batch_op.create_index("ix_stock_band_component", ["component", "id"], unique=False)

    op.create_table(
        "stock_phase",
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("component", "abo_rhd", name=op.f("pk_stock_phase")),
    )
    op.create_table(
        "stock_report",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=False),
        sa.Column("bags", sa.Integer(), nullable=False),
        sa.Column("expiring", sa.Integer(), nullable=True),
        sa.Column("daily_use", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "holder", "component", "abo_rhd", name=op.f("pk_stock_report")),
    )
    op.create_table(
        "stock_report_head",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "holder", name=op.f("pk_stock_report_head")),
    )


def downgrade() -> None:
    """Take this revision back."""
    op.drop_table("stock_report_head")
    op.drop_table("stock_report")
    op.drop_table("stock_phase")
    with op.batch_alter_table("stock_band", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_band_component")

    op.drop_table("stock_band")
