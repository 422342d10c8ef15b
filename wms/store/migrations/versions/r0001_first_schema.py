"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wms.ledger.append_only import LedgerKept, guard_statements, unguard_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "account",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_real_us", sa.BigInteger(), nullable=True),
        sa.Column("created_real_us", sa.BigInteger(), nullable=False),
        sa.Column("password_changed_real_us", sa.BigInteger(), nullable=False),
        sa.Column("last_sign_in_real_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_account")),
    )
    op.create_table(
        "account_former_password",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_former_password")),
    )
    with op.batch_alter_table("account_former_password", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_former_password_username"), ["username"], unique=False)

    op.create_table(
        "alarm",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("limit_value", sa.Float(), nullable=True),
        sa.Column("raised_us", sa.BigInteger(), nullable=True),
        sa.Column("returned_us", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_us", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("shelved_until_us", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("subject_en", sa.Text(), nullable=False),
        sa.Column("subject_zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("source", "condition", name=op.f("uq_alarm_source_condition")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_state", ["state"], unique=False)

    op.create_table(
        "alarm_journal",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_journal")),
    )
    with op.batch_alter_table("alarm_journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_journal_alarm"), ["alarm"], unique=False)

    op.create_table(
        "bag",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("place_since_us", sa.BigInteger(), nullable=False),
        sa.Column("volume_ml", sa.Float(), nullable=False),
        sa.Column("collected_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("epc", sa.Text(), nullable=True),
        sa.Column("tid", sa.Text(), nullable=True),
        sa.Column("donation_type", sa.Text(), nullable=False),
        sa.Column("custody", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=True),
        sa.Column("tests", sa.Text(), nullable=False),
        sa.Column("process_check", sa.Text(), nullable=False),
        sa.Column("label_check", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=True),
        sa.Column("order_line", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ledger_seq", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag")),
        sa.UniqueConstraint("epc", name=op.f("uq_bag_epc")),
    )
    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_claim"), ["claim"], unique=False)
        batch_op.create_index(
            "ix_bag_component_abo_rhd_status_expires", ["component", "abo_rhd", "status", "expires_us"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bag_din"), ["din"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_order_line"), ["order_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_place"), ["place"], unique=False)
        batch_op.create_index(batch_op.f("ix_bag_status"), ["status"], unique=False)

    op.create_table(
        "bag_parentage",
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("child", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("parent", "child", name=op.f("pk_bag_parentage")),
    )
    with op.batch_alter_table("bag_parentage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bag_parentage_child"), ["child"], unique=False)

    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("prep_order", sa.Text(), nullable=True),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_command"), ["command"], unique=False)
        batch_op.create_index("ix_batch_device_state", ["device", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_prep_order"), ["prep_order"], unique=False)

    op.create_table(
        "batch_bag",
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("batch", "bag", name=op.f("pk_batch_bag")),
    )
    with op.batch_alter_table("batch_bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_bag_bag"), ["bag"], unique=False)

    op.create_table(
        "box",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("shipment", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("packed_us", sa.BigInteger(), nullable=True),
        sa.Column("settled_us", sa.BigInteger(), nullable=True),
        sa.Column("outside_since_us", sa.BigInteger(), nullable=True),
        sa.Column("outside_s", sa.Float(), nullable=False),
        sa.Column("silent_since_us", sa.BigInteger(), nullable=True),
        sa.Column("silent_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_box")),
    )
    with op.batch_alter_table("box", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_box_shipment"), ["shipment"], unique=False)
        batch_op.create_index(batch_op.f("ix_box_state"), ["state"], unique=False)

    op.create_table(
        "carrier_trip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_trip")),
        sa.UniqueConstraint("command", name=op.f("uq_carrier_trip_command")),
    )
    with op.batch_alter_table("carrier_trip", schema=None) as batch_op:
        batch_op.create_index("ix_carrier_trip_ended_us_device", ["ended_us", "device"], unique=False)

    op.create_table(
        "claim",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("exclusive", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place", "task", name=op.f("pk_claim")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_task"), ["task"], unique=False)
        batch_op.create_index(
            "uq_claim_slot",
            ["place"],
            unique=True,
            sqlite_where=sa.text("exclusive = 1"),
            postgresql_where=sa.text("exclusive = 1"),
        )

    op.create_table(
        "consignment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sent_us", sa.BigInteger(), nullable=False),
        sa.Column("announced_us", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_us", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_us", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_real_us", sa.BigInteger(), nullable=True),
        sa.Column("judged_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignment")),
    )
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.create_index("ix_consignment_closed_us", ["closed_us"], unique=False)

    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=True),
        sa.Column("seq", _WHOLE, nullable=True),
        sa.Column("received_real_us", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("applied_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dead_letter_edge"), ["edge"], unique=False)

    op.create_table(
        "donation",
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("donor", sa.Text(), nullable=False),
        sa.Column("volume_ml", sa.Float(), nullable=False),
        sa.Column("anticoagulant", sa.Text(), nullable=False),
        sa.Column("collected_us", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("donation_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("din", name=op.f("pk_donation")),
    )
    op.create_table(
        "edge_trouble",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_us", sa.BigInteger(), nullable=False),
        sa.Column("accepted_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edge_trouble")),
    )
    with op.batch_alter_table("edge_trouble", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edge_trouble_edge"), ["edge"], unique=False)

    op.create_table(
        "gate_decision",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("permit", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_decision")),
    )
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gate_decision_bag"), ["bag"], unique=False)

    op.create_table(
        "gate_read",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("epc", sa.Text(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.Column("received_real_us", sa.BigInteger(), nullable=False),
        sa.Column("permit", sa.Text(), nullable=True),
        sa.Column("answered_real_us", sa.BigInteger(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_read")),
    )
    with op.batch_alter_table("gate_read", schema=None) as batch_op:
        batch_op.create_index("ix_gate_read_answered_real_us", ["answered_real_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_gate_read_bag"), ["bag"], unique=False)

    op.create_table(
        "hand_packed",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bag", name=op.f("pk_hand_packed")),
    )
    with op.batch_alter_table("hand_packed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_packed_shipment"), ["shipment"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("lifted_us", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(bag IS NULL) <> (place IS NULL)", name=op.f("ck_hold_one_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hold_open_bag",
            ["bag"],
            unique=False,
            sqlite_where=sa.text("lifted_us IS NULL"),
            postgresql_where=sa.text("lifted_us IS NULL"),
        )
        batch_op.create_index(
            "ix_hold_open_place",
            ["place"],
            unique=False,
            sqlite_where=sa.text("lifted_us IS NULL"),
            postgresql_where=sa.text("lifted_us IS NULL"),
        )

    op.create_table(
        "hospital_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("cancelled_us", sa.BigInteger(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_order")),
    )
    with op.batch_alter_table("hospital_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hospital_order_closed_us"), ["closed_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_hospital_order_hospital"), ["hospital"], unique=False)

    op.create_table(
        "hospital_return",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("temperature_ok", sa.Boolean(), nullable=True),
        sa.Column("visual_ok", sa.Boolean(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital_return")),
    )
    with op.batch_alter_table("hospital_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hospital_return_hospital"), ["hospital"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("seq", _WHOLE, nullable=False),
        sa.Column("received_real_us", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("edge", "epoch", "seq", name=op.f("pk_inbox")),
    )
    op.create_table(
        "inbox_mark",
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("mark", _WHOLE, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_real_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("edge", "epoch", name=op.f("pk_inbox_mark")),
    )
    op.create_table(
        "label",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("mismatches", sa.Text(), nullable=False),
        sa.Column("tid", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("not_before_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label")),
    )
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_label_command"), ["command"], unique=False)
        batch_op.create_index(batch_op.f("ix_label_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_label_open_bag",
            ["bag"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'at_station')"),
            postgresql_where=sa.text("state IN ('waiting', 'at_station')"),
        )

    op.create_table(
        "lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_table(
        "ledger",
        sa.Column("seq", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("at_real_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_bag"), ["bag"], unique=False)

    op.create_table(
        "lock_permit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("epcs", sa.Text(), nullable=False),
        sa.Column("issued_real_us", sa.BigInteger(), nullable=False),
        sa.Column("until_real_us", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_real_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lock_permit")),
    )
    with op.batch_alter_table("lock_permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lock_permit_shipment"), ["shipment"], unique=False)

    op.create_table(
        "machine_command",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("issued_real_us", sa.BigInteger(), nullable=False),
        sa.Column("deadline_real_us", sa.BigInteger(), nullable=False),
        sa.Column("sent_real_us", sa.BigInteger(), nullable=True),
        sa.Column("answered_real_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_command")),
    )
    with op.batch_alter_table("machine_command", schema=None) as batch_op:
        batch_op.create_index("ix_machine_command_device_state", ["device", "state"], unique=False)

    op.create_table(
        "opening_import",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bags", sa.Integer(), nullable=False),
        sa.Column("imported_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_opening_import")),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("substitution", sa.Boolean(), nullable=False),
        sa.Column("min_days_left", sa.Integer(), nullable=False),
        sa.Column("sentence_en", sa.Text(), nullable=False),
        sa.Column("sentence_zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "packing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("bags", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packing")),
    )
    with op.batch_alter_table("packing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packing_command"), ["command"], unique=False)
        batch_op.create_index(batch_op.f("ix_packing_shipment"), ["shipment"], unique=False)
        batch_op.create_index(batch_op.f("ix_packing_state"), ["state"], unique=False)

    op.create_table(
        "pool_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_pool_number")),
    )
    op.create_table(
        "preparation_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("abo_rhd", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Text(), nullable=True),
        sa.Column("waits_detail", sa.Text(), nullable=False),
        sa.Column("why_en", sa.Text(), nullable=False),
        sa.Column("why_zh", sa.Text(), nullable=False),
        sa.Column("for_order", sa.Text(), nullable=True),
        sa.Column("for_line", sa.Text(), nullable=True),
        sa.Column("usable_until_us", sa.BigInteger(), nullable=True),
        sa.Column("not_before_us", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_order")),
    )
    with op.batch_alter_table("preparation_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_preparation_order_for_line"), ["for_line"], unique=False)
        batch_op.create_index(batch_op.f("ix_preparation_order_state"), ["state"], unique=False)

    op.create_table(
        "reader_hearing",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("deaf", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_reader_hearing")),
    )
    op.create_table(
        "repeatable_request",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at_real_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("username", "key", name=op.f("pk_repeatable_request")),
    )
    with op.batch_alter_table("repeatable_request", schema=None) as batch_op:
        batch_op.create_index("ix_repeatable_request_at_real_us", ["at_real_us"], unique=False)

    op.create_table(
        "reservation",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("reserved_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("why_en", sa.Text(), nullable=False),
        sa.Column("why_zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reservation_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_reservation_line"), ["line"], unique=False)
        batch_op.create_index(
            "uq_reservation_standing",
            ["bag"],
            unique=True,
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )

    op.create_table(
        "returned_bag",
        sa.Column("hospital_return", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("hospital_return", "bag", name=op.f("pk_returned_bag")),
    )
    with op.batch_alter_table("returned_bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_bag_bag"), ["bag"], unique=False)

    op.create_table(
        "shelf_account",
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shelf", name=op.f("pk_shelf_account")),
    )
    op.create_table(
        "shelf_part",
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("epcs", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "part", name=op.f("pk_shelf_part")),
    )
    with op.batch_alter_table("shelf_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shelf_part_shelf"), ["shelf"], unique=False)

    op.create_table(
        "shipment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("permitted_us", sa.BigInteger(), nullable=True),
        sa.Column("dispatched_us", sa.BigInteger(), nullable=True),
        sa.Column("received_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("order_id", name=op.f("uq_shipment_order_id")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_hospital"), ["hospital"], unique=False)
        batch_op.create_index(batch_op.f("ix_shipment_state"), ["state"], unique=False)

    op.create_table(
        "shipment_bag",
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("crossed_us", sa.BigInteger(), nullable=True),
        sa.Column("received_us", sa.BigInteger(), nullable=True),
        sa.Column("temperature_ok", sa.Boolean(), nullable=True),
        sa.Column("visual_ok", sa.Boolean(), nullable=True),
        sa.Column("minutes_outside", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("shipment", "bag", name=op.f("pk_shipment_bag")),
    )
    with op.batch_alter_table("shipment_bag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_bag_bag"), ["bag"], unique=False)

    op.create_table(
        "sighting",
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("epc", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("gone_us", sa.BigInteger(), nullable=True),
        sa.Column("reported_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("shelf", "epc", name=op.f("pk_sighting")),
    )
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sighting_epc"), ["epc"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("made_real_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_real_us", sa.BigInteger(), nullable=False),
        sa.Column("used_real_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_table(
        "stay",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.create_index("ix_stay_bag_from_us", ["bag", "from_us"], unique=False)
        batch_op.create_index("ix_stay_place_from_us", ["place", "from_us"], unique=False)
        batch_op.create_index(
            "uq_stay_open",
            ["bag"],
            unique=True,
            sqlite_where=sa.text("to_us IS NULL"),
            postgresql_where=sa.text("to_us IS NULL"),
        )

    op.create_table(
        "stock_count",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("by_means", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index("ix_stock_count_closed_us", ["closed_us"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("from_place", sa.Text(), nullable=False),
        sa.Column("to_place", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Text(), nullable=True),
        sa.Column("waits_detail", sa.Text(), nullable=False),
        sa.Column("not_before_us", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_task_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_task_state"), ["state"], unique=False)
        batch_op.create_index(
            "uq_task_open_bag",
            ["bag"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'sent')"),
            postgresql_where=sa.text("state IN ('waiting', 'sent')"),
        )

    op.create_table(
        "task_step",
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("from_place", sa.Text(), nullable=False),
        sa.Column("to_place", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("portal", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trip", sa.Text(), nullable=True),
        sa.Column("sent_us", sa.BigInteger(), nullable=True),
        sa.Column("reported_us", sa.BigInteger(), nullable=True),
        sa.Column("reported_real_us", sa.BigInteger(), nullable=True),
        sa.Column("crossed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("task", "n", name=op.f("pk_task_step")),
    )
    with op.batch_alter_table("task_step", schema=None) as batch_op:
        batch_op.create_index(
            "ix_task_step_open",
            ["state", "task"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'sent')"),
            postgresql_where=sa.text("state IN ('waiting', 'sent')"),
        )
        batch_op.create_index(batch_op.f("ix_task_step_trip"), ["trip"], unique=False)

    op.create_table(
        "test_result",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("din", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_result")),
        sa.UniqueConstraint("din", "run", "test", "method", name=op.f("uq_test_result_din_run_test_method")),
    )
    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_test_result_din"), ["din"], unique=False)

    op.create_table(
        "trip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("vehicle", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("departs_us", sa.BigInteger(), nullable=False),
        sa.Column("departed_us", sa.BigInteger(), nullable=True),
        sa.Column("stuck_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("why_en", sa.Text(), nullable=False),
        sa.Column("why_zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
    )
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_command"), ["command"], unique=False)
        batch_op.create_index(batch_op.f("ix_trip_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_trip_vehicle"), ["vehicle"], unique=False)

    op.create_table(
        "trip_box",
        sa.Column("trip", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("loaded_us", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_us", sa.BigInteger(), nullable=True),
        sa.Column("replacement", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("trip", "box", name=op.f("pk_trip_box")),
    )
    with op.batch_alter_table("trip_box", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_box_box"), ["box"], unique=False)

    op.create_table(
        "trip_stop",
        sa.Column("trip", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hospital", sa.Text(), nullable=False),
        sa.Column("eta_us", sa.BigInteger(), nullable=False),
        sa.Column("arrived_us", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("trip", "shipment", name=op.f("pk_trip_stop")),
    )
    with op.batch_alter_table("trip_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trip_stop_shipment"), ["shipment"], unique=False)

    op.create_table(
        "tunnel_part",
        sa.Column("pass_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("epcs", sa.Text(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pass_id", "part", name=op.f("pk_tunnel_part")),
    )
    op.create_table(
        "tunnel_pass",
        sa.Column("pass_id", sa.Text(), nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("epcs", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("pass_id", name=op.f("pk_tunnel_pass")),
    )
    with op.batch_alter_table("tunnel_pass", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tunnel_pass_state"), ["state"], unique=False)

    op.create_table(
        "weather",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("wind_m_s", sa.Float(), nullable=False),
        sa.Column("gust_m_s", sa.Float(), nullable=False),
        sa.Column("rain_mm_h", sa.Float(), nullable=False),
        sa.Column("visibility_m", sa.Float(), nullable=False),
        sa.Column("icing", sa.Boolean(), nullable=False),
        sa.Column("thunder_km", sa.Float(), nullable=True),
        sa.Column("airspace_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weather")),
    )
    with op.batch_alter_table("weather", schema=None) as batch_op:
        batch_op.create_index("ix_weather_at_us", ["at_us"], unique=False)

    op.create_table(
        "web_session",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("opened_real_us", sa.BigInteger(), nullable=False),
        sa.Column("used_real_us", sa.BigInteger(), nullable=False),
        sa.Column("ends_real_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_username"), ["username"], unique=False)

    op.create_table(
        "consignment_item",
        sa.Column("id", _WHOLE, nullable=False),
        sa.Column("consignment", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("bag", sa.Text(), nullable=True),
        sa.Column("epc", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("act_by", sa.Text(), nullable=True),
        sa.Column("act_us", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["consignment"], ["consignment.id"], name=op.f("fk_consignment_item_consignment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignment_item")),
    )
    with op.batch_alter_table("consignment_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consignment_item_bag"), ["bag"], unique=False)
        batch_op.create_index(batch_op.f("ix_consignment_item_consignment"), ["consignment"], unique=False)
        batch_op.create_index(batch_op.f("ix_consignment_item_epc"), ["epc"], unique=False)
        batch_op.create_index("ix_consignment_item_state_act", ["state", "act"], unique=False)

    op.create_table(
        "stock_count_item",
        sa.Column("count", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("believed_place", sa.Text(), nullable=True),
        sa.Column("seen_place", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seen_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["count"], ["stock_count.id"], name=op.f("fk_stock_count_item_count")),
        sa.PrimaryKeyConstraint("count", "subject", name=op.f("pk_stock_count_item")),
    )
    for statement in guard_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take this revision back; a ledger with entries is never thrown away (raises LedgerKept)."""
    bind = op.get_bind()
    if bind.execute(sa.text("SELECT 1 FROM ledger LIMIT 1")).first() is not None:
        raise LedgerKept
    op.drop_table("stock_count_item")
    with op.batch_alter_table("consignment_item", schema=None) as batch_op:
        batch_op.drop_index("ix_consignment_item_state_act")
        batch_op.drop_index(batch_op.f("ix_consignment_item_epc"))
        batch_op.drop_index(batch_op.f("ix_consignment_item_consignment"))
        batch_op.drop_index(batch_op.f("ix_consignment_item_bag"))

    op.drop_table("consignment_item")
    with op.batch_alter_table("web_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_username"))

    op.drop_table("web_session")
    with op.batch_alter_table("weather", schema=None) as batch_op:
        batch_op.drop_index("ix_weather_at_us")

    op.drop_table("weather")
    with op.batch_alter_table("tunnel_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tunnel_pass_state"))

    op.drop_table("tunnel_pass")
    op.drop_table("tunnel_part")
    with op.batch_alter_table("trip_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_stop_shipment"))

    op.drop_table("trip_stop")
    with op.batch_alter_table("trip_box", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_box_box"))

    op.drop_table("trip_box")
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trip_vehicle"))
        batch_op.drop_index(batch_op.f("ix_trip_state"))
        batch_op.drop_index(batch_op.f("ix_trip_command"))

    op.drop_table("trip")
    with op.batch_alter_table("test_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_test_result_din"))

    op.drop_table("test_result")
    with op.batch_alter_table("task_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_step_trip"))
        batch_op.drop_index(
            "ix_task_step_open",
            sqlite_where=sa.text("state IN ('waiting', 'sent')"),
            postgresql_where=sa.text("state IN ('waiting', 'sent')"),
        )

    op.drop_table("task_step")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_task_open_bag",
            sqlite_where=sa.text("state IN ('waiting', 'sent')"),
            postgresql_where=sa.text("state IN ('waiting', 'sent')"),
        )
        batch_op.drop_index(batch_op.f("ix_task_state"))
        batch_op.drop_index(batch_op.f("ix_task_bag"))

    op.drop_table("task")
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_count_closed_us")

    op.drop_table("stock_count")
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stay_open", sqlite_where=sa.text("to_us IS NULL"), postgresql_where=sa.text("to_us IS NULL")
        )
        batch_op.drop_index("ix_stay_place_from_us")
        batch_op.drop_index("ix_stay_bag_from_us")

    op.drop_table("stay")
    op.drop_table("signature")
    with op.batch_alter_table("sighting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sighting_epc"))

    op.drop_table("sighting")
    with op.batch_alter_table("shipment_bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_bag_bag"))

    op.drop_table("shipment_bag")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_state"))
        batch_op.drop_index(batch_op.f("ix_shipment_hospital"))

    op.drop_table("shipment")
    with op.batch_alter_table("shelf_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shelf_part_shelf"))

    op.drop_table("shelf_part")
    op.drop_table("shelf_account")
    with op.batch_alter_table("returned_bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returned_bag_bag"))

    op.drop_table("returned_bag")
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_reservation_standing",
            sqlite_where=sa.text("ended_us IS NULL"),
            postgresql_where=sa.text("ended_us IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_reservation_line"))
        batch_op.drop_index(batch_op.f("ix_reservation_bag"))

    op.drop_table("reservation")
    with op.batch_alter_table("repeatable_request", schema=None) as batch_op:
        batch_op.drop_index("ix_repeatable_request_at_real_us")

    op.drop_table("repeatable_request")
    op.drop_table("reader_hearing")
    with op.batch_alter_table("preparation_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_preparation_order_state"))
        batch_op.drop_index(batch_op.f("ix_preparation_order_for_line"))

    op.drop_table("preparation_order")
    op.drop_table("pool_number")
    with op.batch_alter_table("packing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packing_state"))
        batch_op.drop_index(batch_op.f("ix_packing_shipment"))
        batch_op.drop_index(batch_op.f("ix_packing_command"))

    op.drop_table("packing")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_order_id"))

    op.drop_table("order_line")
    op.drop_table("opening_import")
    with op.batch_alter_table("machine_command", schema=None) as batch_op:
        batch_op.drop_index("ix_machine_command_device_state")

    op.drop_table("machine_command")
    with op.batch_alter_table("lock_permit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lock_permit_shipment"))

    op.drop_table("lock_permit")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_bag"))

    op.drop_table("ledger")
    for statement in unguard_statements(bind.dialect.name):
        op.execute(statement)
    op.drop_table("lease")
    with op.batch_alter_table("label", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_label_open_bag",
            sqlite_where=sa.text("state IN ('waiting', 'at_station')"),
            postgresql_where=sa.text("state IN ('waiting', 'at_station')"),
        )
        batch_op.drop_index(batch_op.f("ix_label_state"))
        batch_op.drop_index(batch_op.f("ix_label_command"))
        batch_op.drop_index(batch_op.f("ix_label_bag"))

    op.drop_table("label")
    op.drop_table("inbox_mark")
    op.drop_table("inbox")
    with op.batch_alter_table("hospital_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hospital_return_hospital"))

    op.drop_table("hospital_return")
    with op.batch_alter_table("hospital_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hospital_order_hospital"))
        batch_op.drop_index(batch_op.f("ix_hospital_order_closed_us"))

    op.drop_table("hospital_order")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hold_open_place",
            sqlite_where=sa.text("lifted_us IS NULL"),
            postgresql_where=sa.text("lifted_us IS NULL"),
        )
        batch_op.drop_index(
            "ix_hold_open_bag", sqlite_where=sa.text("lifted_us IS NULL"), postgresql_where=sa.text("lifted_us IS NULL")
        )

    op.drop_table("hold")
    with op.batch_alter_table("hand_packed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hand_packed_shipment"))

    op.drop_table("hand_packed")
    with op.batch_alter_table("gate_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_read_bag"))
        batch_op.drop_index("ix_gate_read_answered_real_us")

    op.drop_table("gate_read")
    with op.batch_alter_table("gate_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gate_decision_bag"))

    op.drop_table("gate_decision")
    with op.batch_alter_table("edge_trouble", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edge_trouble_edge"))

    op.drop_table("edge_trouble")
    op.drop_table("donation")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dead_letter_edge"))

    op.drop_table("dead_letter")
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.drop_index("ix_consignment_closed_us")

    op.drop_table("consignment")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claim_slot", sqlite_where=sa.text("exclusive = 1"), postgresql_where=sa.text("exclusive = 1")
        )
        batch_op.drop_index(batch_op.f("ix_claim_task"))

    op.drop_table("claim")
    with op.batch_alter_table("carrier_trip", schema=None) as batch_op:
        batch_op.drop_index("ix_carrier_trip_ended_us_device")

    op.drop_table("carrier_trip")
    with op.batch_alter_table("box", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_box_state"))
        batch_op.drop_index(batch_op.f("ix_box_shipment"))

    op.drop_table("box")
    with op.batch_alter_table("batch_bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_bag_bag"))

    op.drop_table("batch_bag")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_prep_order"))
        batch_op.drop_index("ix_batch_device_state")
        batch_op.drop_index(batch_op.f("ix_batch_command"))

    op.drop_table("batch")
    with op.batch_alter_table("bag_parentage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_parentage_child"))

    op.drop_table("bag_parentage")
    with op.batch_alter_table("bag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bag_status"))
        batch_op.drop_index(batch_op.f("ix_bag_place"))
        batch_op.drop_index(batch_op.f("ix_bag_order_line"))
        batch_op.drop_index(batch_op.f("ix_bag_din"))
        batch_op.drop_index("ix_bag_component_abo_rhd_status_expires")
        batch_op.drop_index(batch_op.f("ix_bag_claim"))

    op.drop_table("bag")
    with op.batch_alter_table("alarm_journal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alarm_journal_alarm"))

    op.drop_table("alarm_journal")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_state")

    op.drop_table("alarm")
    with op.batch_alter_table("account_former_password", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_former_password_username"))

    op.drop_table("account_former_password")
    op.drop_table("account")
