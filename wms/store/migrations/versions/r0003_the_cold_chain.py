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
        "alarm_occurrence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("raised_us", sa.BigInteger(), nullable=False),
        sa.Column("annunciated_us", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_us", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("returned_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_us", sa.BigInteger(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("worst", sa.Float(), nullable=True),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_occurrence")),
    )
    with op.batch_alter_table("alarm_occurrence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_occurrence_alarm"), ["alarm"], unique=False)
        batch_op.create_index("ix_alarm_occurrence_annunciated_us", ["annunciated_us"], unique=False)
        batch_op.create_index("ix_alarm_occurrence_closed_us", ["closed_us", "closed_reason"], unique=False)

    op.create_table(
        "calibration",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("laboratory", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False),
        sa.Column("offset_c", sa.Float(), nullable=False),
        sa.Column("uncertainty_c", sa.Float(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("recorded_us", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_calibration")),
        sa.UniqueConstraint("id", name=op.f("uq_calibration_id")),
        sa.UniqueConstraint("probe", "certificate", name=op.f("uq_calibration_probe_certificate")),
    )
    op.create_table(
        "disposition",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("trigger_key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("worst_c", sa.Float(), nullable=True),
        sa.Column("detail_en", sa.Text(), nullable=False),
        sa.Column("detail_zh", sa.Text(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_us", sa.BigInteger(), nullable=False),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition")),
    )
    with op.batch_alter_table("disposition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disposition_bag"), ["bag"], unique=False)
        batch_op.create_index("ix_disposition_state_opened_us", ["state", "opened_us"], unique=False)
        batch_op.create_index("ux_disposition_bag_trigger_key_event", ["bag", "trigger_key", "event"], unique=True)

    op.create_table(
        "duty_record",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("punctuality", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("value_c", sa.Float(), nullable=True),
        sa.Column("probe", sa.Text(), nullable=True),
        sa.Column("probe_value_c", sa.Float(), nullable=True),
        sa.Column("agreement", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("started_us", sa.BigInteger(), nullable=True),
        sa.Column("occurrences", sa.Text(), nullable=False),
        sa.Column("ranges", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.Column("corrected_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_record")),
    )
    with op.batch_alter_table("duty_record", schema=None) as batch_op:
        batch_op.create_index("ix_duty_record_at_us", ["at_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_duty_record_duty"), ["duty"], unique=False)
        batch_op.create_index("ix_duty_record_subject_kind_at_us", ["subject", "kind", "at_us"], unique=False)

    op.create_table(
        "duty_watched",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("since_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_duty_watched")),
    )
    op.create_table(
        "late_excursion_told",
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("probe", "at_us", name=op.f("pk_late_excursion_told")),
    )
    op.create_table(
        "limit_version",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_us", sa.BigInteger(), nullable=False),
        sa.Column("wanted_from_us", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_us", sa.BigInteger(), nullable=True),
        sa.Column("from_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_version")),
        sa.UniqueConstraint("envelope", "version", name=op.f("uq_limit_version_envelope_version")),
    )
    op.create_table(
        "logger_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("time_column", sa.Text(), nullable=False),
        sa.Column("celsius_column", sa.Text(), nullable=False),
        sa.Column("delimiter", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("shipment", sa.Text(), nullable=True),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("to_us", sa.BigInteger(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("excursions", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("bags", sa.Text(), nullable=False),
        sa.Column("recorded_us", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("stored_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logger_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_logger_file_sha256")),
    )
    with op.batch_alter_table("logger_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_logger_file_box"), ["box"], unique=False)
        batch_op.create_index(batch_op.f("ix_logger_file_recorded_us"), ["recorded_us"], unique=False)
        batch_op.create_index(batch_op.f("ix_logger_file_shipment"), ["shipment"], unique=False)

    op.create_table(
        "monitoring_suspension",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("stock_moved", sa.Text(), nullable=False),
        sa.Column("second_probe", sa.Text(), nullable=True),
        sa.Column("watch", sa.Text(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_suspension")),
    )
    with op.batch_alter_table("monitoring_suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_monitoring_suspension_ended_us"), ["ended_us"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("climb", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=True),
        sa.Column("occurrence", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=True),
        sa.Column("text_zh", sa.Text(), nullable=True),
        sa.Column("queued_us", sa.BigInteger(), nullable=False),
        sa.Column("queued_real_us", sa.BigInteger(), nullable=False),
        sa.Column("tried_real_us", sa.BigInteger(), nullable=True),
        sa.Column("next_real_us", sa.BigInteger(), nullable=True),
        sa.Column("sent_us", sa.BigInteger(), nullable=True),
        sa.Column("sent_real_us", sa.BigInteger(), nullable=True),
        sa.Column("received_us", sa.BigInteger(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=True),
        sa.Column("received_how", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "climb", "step", "repeat", "channel", "person", name=op.f("uq_notice_climb_step_repeat_channel_person")
        ),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_alarm"), ["alarm"], unique=False)
        batch_op.create_index("ix_notice_channel_next_real_us", ["channel", "next_real_us"], unique=False)
        batch_op.create_index("ix_notice_queued_us", ["queued_us"], unique=False)

    op.create_table(
        "notice_channel",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_ok_real_us", sa.BigInteger(), nullable=True),
        sa.Column("last_failed_real_us", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice_channel")),
    )
    op.create_table(
        "notice_climb",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("begun_us", sa.BigInteger(), nullable=False),
        sa.Column("ended_us", sa.BigInteger(), nullable=True),
        sa.Column("acted_by", sa.Text(), nullable=True),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("told_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_climb")),
    )
    with op.batch_alter_table("notice_climb", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_climb_alarm"), ["alarm"], unique=False)
        batch_op.create_index("ix_notice_climb_ended_us_begun_us", ["ended_us", "begun_us"], unique=False)

    op.create_table(
        "notice_rota",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_notice_rota")),
    )
    op.create_table(
        "passport_draft",
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("computed_us", sa.BigInteger(), nullable=False),
        sa.Column("computed_real_us", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("bag", name=op.f("pk_passport_draft")),
    )
    op.create_table(
        "sealed_passport",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("bag", sa.Text(), nullable=False),
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("sealed_us", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_sealed_passport")),
    )
    with op.batch_alter_table("sealed_passport", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sealed_passport_bag"), ["bag"], unique=False)

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
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latch", sa.Text(), server_default="free", nullable=False))
        batch_op.add_column(sa.Column("out_until_us", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("occurrence", sa.Text(), nullable=True))

    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_bag"))
        batch_op.create_index("ix_task_bag_state", ["bag", "state"], unique=False)


def downgrade() -> None:
    """Take this revision back."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index("ix_task_bag_state")
        batch_op.create_index(batch_op.f("ix_task_bag"), ["bag"], unique=False)

    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_column("occurrence")
        batch_op.drop_column("out_until_us")
        batch_op.drop_column("latch")

    op.drop_table("stock_report_head")
    op.drop_table("stock_report")
    op.drop_table("stock_phase")
    with op.batch_alter_table("stock_band", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_band_component")

    op.drop_table("stock_band")
    with op.batch_alter_table("sealed_passport", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sealed_passport_bag"))

    op.drop_table("sealed_passport")
    op.drop_table("passport_draft")
    op.drop_table("notice_rota")
    with op.batch_alter_table("notice_climb", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_climb_ended_us_begun_us")
        batch_op.drop_index(batch_op.f("ix_notice_climb_alarm"))

    op.drop_table("notice_climb")
    op.drop_table("notice_channel")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_queued_us")
        batch_op.drop_index("ix_notice_channel_next_real_us")
        batch_op.drop_index(batch_op.f("ix_notice_alarm"))

    op.drop_table("notice")
    with op.batch_alter_table("monitoring_suspension", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_monitoring_suspension_ended_us"))

    op.drop_table("monitoring_suspension")
    with op.batch_alter_table("logger_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_logger_file_shipment"))
        batch_op.drop_index(batch_op.f("ix_logger_file_recorded_us"))
        batch_op.drop_index(batch_op.f("ix_logger_file_box"))

    op.drop_table("logger_file")
    op.drop_table("limit_version")
    op.drop_table("late_excursion_told")
    op.drop_table("duty_watched")
    with op.batch_alter_table("duty_record", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_record_subject_kind_at_us")
        batch_op.drop_index(batch_op.f("ix_duty_record_duty"))
        batch_op.drop_index("ix_duty_record_at_us")

    op.drop_table("duty_record")
    with op.batch_alter_table("disposition", schema=None) as batch_op:
        batch_op.drop_index("ux_disposition_bag_trigger_key_event")
        batch_op.drop_index("ix_disposition_state_opened_us")
        batch_op.drop_index(batch_op.f("ix_disposition_bag"))

    op.drop_table("disposition")
    op.drop_table("calibration")
    with op.batch_alter_table("alarm_occurrence", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_occurrence_closed_us")
        batch_op.drop_index("ix_alarm_occurrence_annunciated_us")
        batch_op.drop_index(batch_op.f("ix_alarm_occurrence_alarm"))

    op.drop_table("alarm_occurrence")
