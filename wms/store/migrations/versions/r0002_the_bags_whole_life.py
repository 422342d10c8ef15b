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
    op.create_table(
        "bag_fate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=True),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("administrator", sa.Text(), nullable=True),
        sa.Column("verifier", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("recorded_us", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag_fate")),
    )
    with op.batch_alter_table("bag_fate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_fate_bag"), ["bag"], unique=False)

    op.create_table(
        "bag_issue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("issued_to", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("signers", sa.Text(), nullable=False),
        sa.Column("presumed_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag_issue")),
    )
    with op.batch_alter_table("bag_issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_issue_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_issue_ended_us"), ["ended_us"], unique=False)

    op.create_table(
        "bag_recall",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("joined_us", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_comment", sa.Text(), nullable=True),
        sa.Column("outcome_by", sa.Text(), nullable=True),
        sa.Column("outcome_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("bag", "recall", name=op.f("pk_bag_recall")),
    )
    with op.batch_alter_table("bag_recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_recall_recall"), ["recall"], unique=False)

    op.create_table(
        "crossmatch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_us", sa.BigInteger(), nullable=True),
        sa.Column("recorded_us", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crossmatch")),
    )
    with op.batch_alter_table("crossmatch", schema=None) as batch_op:
        batch_op.create_index("ix_crossmatch_bag_patient_at_us", ["bag", "patient", "at_us"], unique=False)
        batch_op.create_index("ix_crossmatch_hospital_patient", ["hospital", "patient"], unique=False)

    op.create_table(
        "deferral_list",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("taken_us", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral_list")),
        sa.UniqueConstraint("sha256", name=op.f("uq_deferral_list_sha256")),
    )
    op.create_table(
        "discard",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("hospital", sa.Text(), nullable=True),
        sa.Column("from_place", sa.Text(), nullable=True),
        sa.Column("month", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bag", name=op.f("pk_discard")),
    )
    with op.batch_alter_table("discard", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discard_act"), ["act"], unique=False)
        batch_op.create_index("ix_discard_at_us", ["at_us"], unique=False)

    op.create_table(
        "donation_typing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation_typing")),
        sa.UniqueConstraint("din", "run", "code", name=op.f("uq_donation_typing_din_run_code")),
    )
    op.create_table(
        "donor_check",
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("held_us", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("din", "cause", name=op.f("pk_donor_check")),
    )
    with op.batch_alter_table("donor_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_donor_check_donor"), ["donor"], unique=False)
        batch_op.create_index(
            "ix_donor_check_open",
            ["held_us"],
            unique=False,
            sqlite_where=sa.text("decided_us IS NULL"),
            postgresql_where=sa.text("decided_us IS NULL"),
        )

    op.create_table(
        "donor_information",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_information")),
    )
    with op.batch_alter_table("donor_information", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_donor_information_donor"), ["donor"], unique=False)

    op.create_table(
        "laboratory_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("donations", sa.Integer(), nullable=False),
        sa.Column("taken_us", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_laboratory_file")),
    )
    op.create_table(
        "patient",
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("patient_class", sa.Text(), nullable=False),
        sa.Column("phenotype", sa.Text(), nullable=False),
        sa.Column("antibodies", sa.Text(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("hla", sa.Text(), nullable=True),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hospital", "pseudonym", name=op.f("pk_patient")),
    )
    op.create_table(
        "platelet_donor",
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("hla", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_donation_us", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("donor", name=op.f("pk_platelet_donor")),
    )
    with op.batch_alter_table("platelet_donor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_platelet_donor_revision"), ["revision"], unique=False)

    op.create_table(
        "rare_donor",
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("antigens", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_donation_us", sa.BigInteger(), nullable=True),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("donor", name=op.f("pk_rare_donor")),
    )
    op.create_table(
        "recall",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("of_the_donor", sa.Boolean(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("close_comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recall_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("closed_us IS NULL"),
            postgresql_where=sa.text("closed_us IS NULL"),
        )

    op.create_table(
        "recall_donation",
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("din", "recall", name=op.f("pk_recall_donation")),
    )
    with op.batch_alter_table("recall_donation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_donation_recall"), ["recall"], unique=False)

    op.create_table(
        "recall_donor",
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("donor", "recall", name=op.f("pk_recall_donor")),
    )
    with op.batch_alter_table("recall_donor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_donor_recall"), ["recall"], unique=False)

    op.create_table(
        "recall_notice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recall", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_us", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_notice")),
    )
    with op.batch_alter_table("recall_notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_notice_holder"), ["holder"], unique=False)
        batch_op.create_index(batch_op.f("ix_recall_notice_recall"), ["recall"], unique=False)
        batch_op.create_index(
            "ix_recall_notice_waiting",
            ["sent_us"],
            unique=False,
            sqlite_where=sa.text("acknowledged_us IS NULL"),
            postgresql_where=sa.text("acknowledged_us IS NULL"),
        )

    op.create_table(
        "recall_notice_bag",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("notice", "bag", name=op.f("pk_recall_notice_bag")),
    )
    with op.batch_alter_table("recall_notice_bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_notice_bag_bag"), ["bag"], unique=False)

    op.create_table(
        "registry_lock",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=True),
        sa.Column("bag", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("locked_us", sa.BigInteger(), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=True),
        sa.Column("issued_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_lock")),
    )
    with op.batch_alter_table("registry_lock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_lock_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_registry_lock_request"), ["request"], unique=False)
        batch_op.create_index(
            "uq_registry_lock_bag",
            ["bag"],
            unique=True,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.create_index(
            "uq_registry_lock_donor",
            ["donor"],
            unique=True,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.create_table(
        "registry_mark",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_registry_mark")),
    )
    op.create_table(
        "registry_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("antigens_absent", sa.Text(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("needed_by_us", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("issued_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_request")),
    )
    with op.batch_alter_table("registry_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_request_hospital"), ["hospital"], unique=False)
        batch_op.create_index(batch_op.f("ix_registry_request_state"), ["state"], unique=False)

    op.create_table(
        "registry_try",
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request", "bag", "verdict", name=op.f("pk_registry_try")),
    )
    op.create_table(
        "release_override",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("detail_en", sa.Text(), nullable=False),
        sa.Column("detail_zh", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bag", "gate", "at_us", name=op.f("pk_release_override")),
    )
    op.create_table(
        "temperature_judgement",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("judged_us", sa.BigInteger(), nullable=False),
        sa.Column("through_us", sa.BigInteger(), nullable=False),
        sa.Column("outside_min", sa.Float(), nullable=False),
        sa.Column("worst_c", sa.Float(), nullable=True),
        sa.Column("gap_min", sa.Float(), nullable=False),
        sa.Column("unwatched_min", sa.Float(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bag", name=op.f("pk_temperature_judgement")),
    )
    with op.batch_alter_table("temperature_judgement", schema=None) as batch_op:
        batch_op.create_index("ix_temperature_judgement_state_judged_us", ["state", "judged_us"], unique=False)

    op.create_table(
        "test_repeat",
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("asked_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("din", "test", "asked_us", name=op.f("pk_test_repeat")),
    )
    with op.batch_alter_table("test_repeat", schema=None) as batch_op:
        batch_op.create_index(
            "ix_test_repeat_open",
            ["din"],
            unique=False,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.create_table(
        "wide_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wide_hold")),
    )
    with op.batch_alter_table("wide_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wide_hold_subject"), ["subject"], unique=False)

    op.create_table(
        "deferral",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["list"], ["deferral_list.id"], name=op.f("fk_deferral_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
    )
    with op.batch_alter_table("deferral", schema=None) as batch_op:
        batch_op.create_index("ix_deferral_donor_from_us", ["donor", "from_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_deferral_list"), ["list"], unique=False)

    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("antigens", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("hla", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("attributes", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("intended_for", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("patient", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("made_us", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("ended_us", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_bag_donor"), ["donor"], unique=False)
        batch_op.create_index("ix_bag_ended", ["status", "component", "hospital", "ended_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_intended_for"), ["intended_for"], unique=False)
        batch_op.create_index("ix_bag_made", ["component", "made_us"], unique=False)
        batch_op.create_index(
            "ix_bag_not_negative",
            ["din", "tests"],
            unique=False,
            sqlite_where=sa.text("tests <> 'negative'"),
            postgresql_where=sa.text("tests <> 'negative'"),
        )
        batch_op.create_index(batch_op.f("ix_bag_patient"), ["patient"], unique=False)
        batch_op.create_index(
            "ix_bag_stock",
            ["status", "component", "abo_rhd", "expires_us", "place"],
            unique=False,
            sqlite_where=sa.text("status = 'AVAILABLE'"),
            postgresql_where=sa.text("status = 'AVAILABLE'"),
        )

    with op.batch_alter_table("bag_parentage", schema=None) as batch_op:
        batch_op.add_column(sa.Column("operation", sa.Text(), nullable=True))

    with op.batch_alter_table("donation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("component", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("target_ml", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("started_us", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("sealed_us", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("device_serial", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("samples", sa.Integer(), nullable=True))
        batch_op.create_index("ix_donation_donor_collected_us", ["donor", "collected_us"], unique=False)

    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index("ix_hold_origin", ["origin"], unique=False)

    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.add_column(sa.Column("commits", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("patient", sa.Text(), nullable=True))

    with op.batch_alter_table("returned_bag", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quarantine_until_us", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reagent", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("device", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("reported_by", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.drop_column("reported_by")
        batch_op.drop_column("device")
        batch_op.drop_column("reagent")

    with op.batch_alter_table("returned_bag", schema=None) as batch_op:
        batch_op.drop_column("quarantine_until_us")

    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_column("patient")

    with op.batch_alter_table("lease", schema=None) as batch_op:
        batch_op.drop_column("commits")

    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index("ix_hold_origin")

    with op.batch_alter_table("donation", schema=None) as batch_op:
        batch_op.drop_index("ix_donation_donor_collected_us")
        batch_op.drop_column("samples")
        batch_op.drop_column("device_serial")
        batch_op.drop_column("sealed_us")
        batch_op.drop_column("started_us")
        batch_op.drop_column("target_ml")
        batch_op.drop_column("component")

    with op.batch_alter_table("bag_parentage", schema=None) as batch_op:
        batch_op.drop_column("operation")

    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_bag_stock",
            sqlite_where=sa.text("status = 'AVAILABLE'"),
            postgresql_where=sa.text("status = 'AVAILABLE'"),
        )
        batch_op.drop_index(batch_op.f("ix_bag_patient"))
        batch_op.drop_index(
            "ix_bag_not_negative",
            sqlite_where=sa.text("tests <> 'negative'"),
            postgresql_where=sa.text("tests <> 'negative'"),
        )
        batch_op.drop_index("ix_bag_made")
        batch_op.drop_index(batch_op.f("ix_bag_intended_for"))
        batch_op.drop_index("ix_bag_ended")
        batch_op.drop_index(batch_op.f("ix_bag_donor"))
        batch_op.drop_column("ended_us")
        batch_op.drop_column("made_us")
        batch_op.drop_column("patient")
        batch_op.drop_column("intended_for")
        batch_op.drop_column("attributes")
        batch_op.drop_column("hla")
        batch_op.drop_column("antigens")

    with op.batch_alter_table("deferral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deferral_list"))
        batch_op.drop_index("ix_deferral_donor_from_us")

    op.drop_table("deferral")
    with op.batch_alter_table("wide_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wide_hold_subject"))

    op.drop_table("wide_hold")
    with op.batch_alter_table("test_repeat", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_test_repeat_open",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.drop_table("test_repeat")
    with op.batch_alter_table("temperature_judgement", schema=None) as batch_op:
        batch_op.drop_index("ix_temperature_judgement_state_judged_us")

    op.drop_table("temperature_judgement")
    op.drop_table("release_override")
    op.drop_table("registry_try")
    with op.batch_alter_table("registry_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registry_request_state"))
        batch_op.drop_index(batch_op.f("ix_registry_request_hospital"))

    op.drop_table("registry_request")
    op.drop_table("registry_mark")
    with op.batch_alter_table("registry_lock", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_registry_lock_donor",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.drop_index(
            "uq_registry_lock_bag",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_registry_lock_request"))
        batch_op.drop_index(batch_op.f("ix_registry_lock_bag"))

    op.drop_table("registry_lock")
    with op.batch_alter_table("recall_notice_bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_notice_bag_bag"))

    op.drop_table("recall_notice_bag")
    with op.batch_alter_table("recall_notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_recall_notice_waiting",
            sqlite_where=sa.text("acknowledged_us IS NULL"),
            postgresql_where=sa.text("acknowledged_us IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_recall_notice_recall"))
        batch_op.drop_index(batch_op.f("ix_recall_notice_holder"))

    op.drop_table("recall_notice")
    with op.batch_alter_table("recall_donor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_donor_recall"))

    op.drop_table("recall_donor")
    with op.batch_alter_table("recall_donation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recall_donation_recall"))

    op.drop_table("recall_donation")
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_recall_open", sqlite_where=sa.text("closed_us IS NULL"), postgresql_where=sa.text("closed_us IS NULL")
        )

    op.drop_table("recall")
    op.drop_table("rare_donor")
    with op.batch_alter_table("platelet_donor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_platelet_donor_revision"))

    op.drop_table("platelet_donor")
    op.drop_table("patient")
    op.drop_table("laboratory_file")
    with op.batch_alter_table("donor_information", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_donor_information_donor"))

    op.drop_table("donor_information")
    with op.batch_alter_table("donor_check", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_donor_check_open",
            sqlite_where=sa.text("decided_us IS NULL"),
            postgresql_where=sa.text("decided_us IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_donor_check_donor"))

    op.drop_table("donor_check")
    op.drop_table("donation_typing")
    with op.batch_alter_table("discard", schema=None) as batch_op:
        batch_op.drop_index("ix_discard_at_us")
        batch_op.drop_index(batch_op.f("ix_discard_act"))

    op.drop_table("discard")
    op.drop_table("deferral_list")
    with op.batch_alter_table("crossmatch", schema=None) as batch_op:
        batch_op.drop_index("ix_crossmatch_hospital_patient")
        batch_op.drop_index("ix_crossmatch_bag_patient_at_us")

    op.drop_table("crossmatch")
    with op.batch_alter_table("bag_recall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_recall_recall"))

    op.drop_table("bag_recall")
    with op.batch_alter_table("bag_issue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_issue_ended_us"))
        batch_op.drop_index(batch_op.f("ix_bag_issue_bag"))

    op.drop_table("bag_issue")
    with op.batch_alter_table("bag_fate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_fate_bag"))

    op.drop_table("bag_fate")
