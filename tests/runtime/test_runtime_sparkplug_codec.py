"""The Sparkplug B codec against hand-made protobuf bytes and against itself."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sparkplug.codec import decode, encode, encode_metric, wrap
from runtime.sparkplug.columns import decode_columns, encode_run, mark_historical
from runtime.sparkplug.device import OffsetHead, offset_metrics
from runtime.sparkplug.payload import DataType, Metric, Payload, Property, Quality, SparkplugError, interpret
from runtime.sparkplug.wire import read_fields, varint

RANGES = {
    DataType.INT8: (-(2**7), 2**7 - 1),
    DataType.INT16: (-(2**15), 2**15 - 1),
    DataType.INT32: (-(2**31), 2**31 - 1),
    DataType.INT64: (-(2**63), 2**63 - 1),
    DataType.UINT8: (0, 2**8 - 1),
    DataType.UINT16: (0, 2**16 - 1),
    DataType.UINT32: (0, 2**32 - 1),
    DataType.UINT64: (0, 2**64 - 1),
    DataType.DATETIME: (0, 2**64 - 1),
}
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
uint64 = st.integers(0, 2**64 - 1)
typed_value = st.one_of(
    *(st.tuples(st.just(datatype), st.integers(low, high)) for datatype, (low, high) in RANGES.items()),
    st.tuples(st.just(DataType.FLOAT), st.floats(width=32, allow_nan=False)),
    st.tuples(st.just(DataType.DOUBLE), st.floats(allow_nan=False)),
    st.tuples(st.just(DataType.BOOLEAN), st.booleans()),
    st.tuples(st.sampled_from([DataType.STRING, DataType.TEXT, DataType.UUID]), text),
    st.tuples(st.just(DataType.BYTES), st.binary(max_size=20)),
)


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    datatype, value = draw(typed_value)
    is_null = draw(st.booleans())
    properties = {
        key: Property(kind, value)
        for key, (kind, value) in draw(st.dictionaries(text, typed_value, max_size=2)).items()
        if kind is not DataType.BYTES and key not in ("Quality", "hv/quality")
    }
    return Metric(
        name=draw(st.none() | text),
        alias=draw(st.none() | uint64),
        timestamp=draw(st.none() | uint64),
        datatype=datatype,
        value=None if is_null else value,
        is_null=is_null,
        is_historical=draw(st.booleans()),
        is_transient=draw(st.booleans()),
        quality=draw(st.sampled_from(Quality)),
        properties=properties,
    )


payloads = st.builds(
    Payload,
    timestamp=st.none() | uint64,
    metrics=st.lists(metrics(), max_size=5).map(tuple),
    seq=st.none() | st.integers(0, 255),
    uuid=st.none() | text,
    body=st.none() | st.binary(max_size=20),
)


@given(payloads)
def test_what_is_written_is_read_back(payload: Payload) -> None:
    assert decode(encode(payload)) == payload


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_a_payload_or_a_sparkplug_error(data: bytes) -> None:
    for read in (decode, decode_columns):
        try:
            read(data)
        except SparkplugError:
            continue


@given(payloads, st.data())
def test_cut_payload_never_raises_anything_else(payload: Payload, data: st.DataObject) -> None:
    raw = encode(payload)
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        decode(cut)
    except SparkplugError:
        return


def test_known_bytes_of_the_protobuf_schema() -> None:
    """A payload put together by hand from sparkplug_b.proto's field numbers."""
    metric = b"\x0a\x01T" + b"\x10\x96\x01" + b"\x18\x05" + b"\x20\x0a" + b"\x69" + struct.pack("<d", 4.5)
    raw = b"\x08\x07" + b"\x12" + bytes([len(metric)]) + metric + b"\x18\xff\x01"
    payload = decode(raw)
    assert payload == Payload(
        timestamp=7,
        seq=255,
        metrics=(Metric(name="T", alias=150, timestamp=5, datatype=DataType.DOUBLE, value=4.5),),
    )
    assert encode(payload) == raw


def field(number: int, wire_type: int, content: bytes) -> bytes:
    return bytes([number << 3 | wire_type]) + content


def metric_of(*fields: bytes) -> Metric:
    content = b"".join(fields)
    return decode(b"\x12" + bytes([len(content)]) + content).metrics[0]


def test_unknown_fields_of_every_wire_type_are_skipped() -> None:
    unknown = (
        b"\xc0\x3e\x01"  # field 1000 varint
         b"\xc1\x3e" + bytes(8)  # fixed64
        + b"\xc2\x3e\x02ab"  # bytes
        + b"\xc3\x3e\x08\x01\xc4\x3e"  # a group with a varint inside
        + b"\xc5\x3e" + bytes(4)  # fixed32
    )  # fmt: skip
    assert decode(unknown + b"\x18\x03") == Payload(seq=3)
    assert decode_columns(unknown + b"\x18\x03").seq == 3


def test_known_field_with_another_wire_type_is_an_unknown_field() -> None:
    assert decode(b"\x1a\x01\x05") == Payload()  # seq as bytes


def test_last_of_a_repeated_scalar_wins() -> None:
    assert decode(b"\x18\x01\x18\x02").seq == 2
    assert metric_of(b"\x50\x05", b"\x69" + struct.pack("<d", 2.5)).value == 2.5


def test_varint_beyond_64_bits_is_cut_and_a_boolean_is_anything_not_zero() -> None:
    assert decode(b"\x18" + b"\xff" * 9 + b"\x7f").seq == 2**64 - 1
    assert metric_of(b"\x70\x02").value is True


def test_negative_integers_travel_as_twos_complement_and_need_their_datatype() -> None:
    raw = encode(Payload(metrics=(Metric(datatype=DataType.INT32, value=-1),)))
    assert raw.endswith(b"\x50\xff\xff\xff\xff\x0f")
    aliased = wrap(encode_metric(Metric(alias=1, value=-7), DataType.INT16), timestamp=None, seq=None)
    assert decode(aliased).metrics[0].value == 2**32 - 7
    assert decode_columns(aliased, {1: DataType.INT16}).value.tolist() == [-7.0]


@pytest.mark.parametrize(
    "data",
    [
        b"\x12\x05\x10",  # metric cut off
        b"\x18",  # varint missing
        b"\x18" + b"\x80" * 11,  # varint without end
        b"\x00\x01",  # field 0
        b"\x1e",  # wire type 6
        b"\x1f",  # wire type 7
        b"\x1c",  # end of a group that never began
        b"\x1b\x08\x01",  # group without end
        b"\x12\x03\x0a\x01\xff",  # name is not UTF-8
        b"\x12\x05\x4a\x03\x0a\x01k",  # one key, no value
    ],
)
def test_malformed_bytes_are_refused(data: bytes) -> None:
    for read in (decode, decode_columns):
        with pytest.raises(SparkplugError):
            read(data)


def test_quality_property_is_an_int32_of_the_three_permitted_codes() -> None:
    """tck-id-payloads-propertyset-quality-value-type, -value-value"""
    for quality, code in ((Quality.BAD, 0), (Quality.UNCERTAIN, 0), (Quality.STALE, 500)):
        raw = encode_metric(Metric(alias=1, value=1.0, quality=quality))
        value = b"\x08\x03\x18" + (b"\xf4\x03" if code else b"\x00")
        assert b"Quality" in raw
        assert value in raw
        assert decode(raw).metrics[0].quality is quality
    assert b"Quality" not in encode_metric(Metric(alias=1, value=1.0))


def test_quality_that_nobody_defined_is_bad() -> None:
    strange = Metric(alias=1, value=1.0, properties={"Quality": Property(DataType.INT32, 77)})
    assert decode(encode_metric(strange)).metrics[0].quality is Quality.BAD


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        (DataType.INT8, 128),
        (DataType.UINT32, -1),
        (DataType.UINT64, 2**64),
        (DataType.DOUBLE, "warm"),
        (DataType.BOOLEAN, 2),
        (DataType.STRING, 1.0),
        (DataType.BYTES, "text"),
    ],
)
def test_value_that_its_datatype_cannot_hold_is_not_written(datatype: DataType, value: object) -> None:
    with pytest.raises(SparkplugError, match="is not a"):
        encode(Payload(metrics=(Metric(datatype=datatype, value=value),)))


# ---- columns --------------------------------------------------------------------------------------------------------


def columns_as_rows(data: bytes) -> list[tuple[int, int, str, int, bool]]:
    read = decode_columns(data)
    rows = zip(read.alias, read.ts_ms, read.value, read.quality, read.historical, strict=True)
    return [(int(a), int(t), repr(float(v)), int(q), bool(h)) for a, t, v, q, h in rows]


def metrics_as_rows(data: bytes) -> list[tuple[int, int, str, int, bool]]:
    rows = []
    for metric in decode(data).metrics:
        value = float("nan") if metric.value is None else float(metric.value)
        bad = math.isnan(value) and metric.quality is Quality.GOOD
        quality = Quality.BAD if bad else metric.quality
        rows.append((metric.alias, metric.timestamp, repr(value), quality.code, metric.is_historical))
    return rows


run_of_doubles = st.lists(st.tuples(st.integers(1, 2**22), st.integers(0, 2**43), st.floats()), max_size=40)


@given(run_of_doubles, st.booleans(), st.integers(0, 255))
def test_columns_read_what_the_general_path_reads(
    rows: list[tuple[int, int, float]], historical: bool, seq: int
) -> None:
    alias, ts_ms, value = (np.array(column, kind) for column, kind in zip(
        zip(*rows, strict=True) if rows else ((), (), ()), (np.int64, np.int64, np.float64), strict=True
    ))  # fmt: skip
    data = wrap(encode_run(alias, ts_ms, value, historical=historical), timestamp=1, seq=seq)
    assert columns_as_rows(data) == metrics_as_rows(data)
    assert decode_columns(data).seq == decode(data).seq == seq


@given(st.lists(metrics(), max_size=30).map(lambda many: [m for m in many if m.alias is not None]))
def test_columns_of_mixed_payloads_equal_the_general_path(many: list[Metric]) -> None:
    plain = [
        Metric(
            alias=min(m.alias or 0, 2**63 - 1), timestamp=(m.timestamp or 0) % 2**63, datatype=m.datatype,
            value=m.value, is_null=m.is_null, is_historical=m.is_historical, quality=m.quality,
        )
        for m in many if not isinstance(m.value, str | bytes)
    ]  # fmt: skip
    run = encode_run(np.arange(20_000, 20_020), np.full(20, 1_795_334_400_000), np.linspace(2, 6, 20))
    data = b"".join(map(encode_metric, plain)) + run + b"".join(map(encode_metric, plain))
    assert columns_as_rows(data) == metrics_as_rows(data)


our_metric = st.builds(
    Metric,
    alias=st.integers(1 << 14, (1 << 21) - 1),
    timestamp=st.integers(1 << 35, (1 << 42) - 1),
    value=st.floats() | st.booleans() | st.integers(0, 2**64 - 1) | text.map(lambda value: value * 8),
    is_historical=st.sampled_from([False, False, False, True]),
)


def assert_read_as_by_the_general_path(data: bytes, types: dict[int, DataType]) -> None:
    try:
        expected = [decode(b"\x12" + varint(len(one)) + one).metrics[0] for one in contents(data)]
    except SparkplugError:
        with pytest.raises(SparkplugError):
            decode_columns(data, types)
        return
    read = decode_columns(data, types)
    numbers = [
        m for m in expected if m.alias is not None and m.alias < 1 << 63 and not isinstance(m.value, str | bytes)
    ]
    assert read.others == [m for m in expected if m not in numbers]
    assert read.alias.tolist() == [m.alias for m in numbers]
    assert read.ts_ms.tolist() == [(m.timestamp or 0) & (1 << 63) - 1 for m in numbers]
    assert read.historical.tolist() == [m.is_historical for m in numbers]
    for value, quality, metric in zip(read.value.tolist(), read.quality.tolist(), numbers, strict=True):
        typed = interpret(metric.value, types[metric.alias]) if metric.alias in types else metric.value
        assert repr(value) == repr(math.nan if typed is None else float(typed))
        bad = math.isnan(value) and metric.quality is Quality.GOOD
        assert quality == (Quality.BAD if bad else metric.quality).code


def contents(data: bytes) -> list[bytes]:
    return [
        data[start:end] for field, kind, _, start, end in read_fields(data, 0, len(data)) if (field, kind) == (2, 2)
    ]


@given(st.lists(our_metric, max_size=7), st.sampled_from([DataType.INT64, DataType.INT16, DataType.UINT64, None]))
def test_few_metrics_of_our_edges_are_read_as_by_the_general_path(many: list[Metric], kind: DataType | None) -> None:
    kinds = {int: DataType.UINT64, bool: DataType.BOOLEAN, float: DataType.DOUBLE, str: DataType.STRING}
    data = b"".join(encode_metric(metric, kinds[type(metric.value)]) for metric in many)
    types = {metric.alias: kind for metric in many if kind is not None and metric.alias is not None}
    assert_read_as_by_the_general_path(wrap(data, timestamp=1, seq=2), types)


@given(our_metric, st.data())
def test_damage_to_a_metric_of_our_edges_is_read_as_by_the_general_path(metric: Metric, data: st.DataObject) -> None:
    kinds = {int: DataType.UINT64, bool: DataType.BOOLEAN, float: DataType.DOUBLE, str: DataType.STRING}
    whole = bytearray(encode_metric(metric, kinds[type(metric.value)]))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(1, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert_read_as_by_the_general_path(bytes(whole[: data.draw(st.integers(14, 200))]), {})


@given(st.integers(1, 2**21), st.integers(1, 2**63 - 1), st.integers(0, 2**43), text)
def test_the_metrics_of_every_data_message_are_written_as_by_the_general_path(
    alias: int, offset: int, at_ms: int, epoch: str
) -> None:
    first, second = offset_metrics(alias, alias + 1, epoch, offset, at_ms, named=False)
    written = OffsetHead(alias, alias + 1, epoch).encode(offset, at_ms)
    assert written == encode_metric(first) + encode_metric(second, DataType.INT64)


def test_a_string_metric_that_ends_with_its_tag_is_empty_or_refused_as_by_the_general_path() -> None:
    head = bytes.fromhex("10808001 18808080808001 7a")
    for length in (len(head), len(head) - 1, 2):
        assert_read_as_by_the_general_path(b"\x12" + bytes([length]) + head, {})


def test_run_ends_where_the_layout_changes() -> None:
    run = encode_run(np.arange(20_000, 20_020), np.full(20, 1_795_334_400_000), np.arange(20.0))
    other = encode_metric(Metric(alias=30_000, timestamp=1, value=1.0, quality=Quality.STALE))
    data = run + other + mark_historical(run, set(range(20_000, 20_020)))
    read = decode_columns(data)
    assert read.value.tolist() == [*range(20), 1.0, *range(20)]
    assert read.historical.tolist() == [False] * 21 + [True] * 20
    assert read.quality.tolist() == [192] * 20 + [2] + [192] * 20


def test_padded_varints_are_read_as_protobuf_does() -> None:
    metric = b"\x10\x81\x80\x00" + b"\x18\x80\xd0\x93\x92\xa0\x34" + b"\x69" + struct.pack("<d", 4.0)
    data = (b"\x12" + bytes([len(metric)]) + metric) * 10
    assert columns_as_rows(data) == metrics_as_rows(data)
    assert decode_columns(data).alias.tolist() == [1] * 10


def test_nan_is_null_and_never_good() -> None:
    data = encode_run(np.arange(20_000, 20_010), np.full(10, 1_795_334_400_000), np.full(10, np.nan))
    assert all(metric.is_null and metric.quality is Quality.BAD for metric in decode(data).metrics)
    assert set(decode_columns(data).quality.tolist()) == {Quality.BAD.code}


def test_historical_copy_leaves_out_metrics_that_nobody_can_name_any_more() -> None:
    run = encode_run(np.arange(20_000, 20_010), np.full(10, 1_795_334_400_000), np.arange(10.0))
    assert decode_columns(mark_historical(run, {20_003})).alias.tolist() == [20_003]
