from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from pipeline import codec
from pipeline.core.errors import RecordError
from pipeline.core.records import RawArticle, Record
from pipeline.topology import TOPICS

RECORDS = [topic.record for topic in TOPICS]


STRATEGIES: dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]] = {
    inspect.Metadata: lambda t: _values(t.type),
    inspect.StrType: lambda t: (
        st.from_regex(t.pattern, fullmatch=True) if t.pattern else st.text(min_size=t.min_length or 0)
    ),
    inspect.IntType: lambda t: st.integers(t.ge, t.le),
    inspect.FloatType: lambda t: st.floats(t.ge, t.le, allow_nan=False, allow_infinity=False),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.DateTimeType: lambda _: st.datetimes(timezones=st.just(UTC)),
    inspect.DateType: lambda _: st.dates(),
    inspect.LiteralType: lambda t: st.sampled_from(t.values),
    inspect.UnionType: lambda t: st.one_of([_values(option) for option in t.types]),
    inspect.VarTupleType: lambda t: st.lists(_values(t.item_type), max_size=2).map(tuple),
    inspect.DictType: lambda t: st.dictionaries(_values(t.key_type), _values(t.value_type), max_size=2),
    inspect.StructType: lambda t: st.fixed_dictionaries(
        {field.name: _values(field.type) for field in t.fields}
    ).map(lambda values: t.cls(**values)),
}


def _values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Return a strategy of the values that a type takes."""
    return STRATEGIES[type(kind)](kind)


@given(st.one_of([_values(inspect.type_info(record)) for record in RECORDS]))
def test_what_is_written_is_read_as_it_was(record: Record) -> None:
    """Every record of every topic survives the way to bytes and back."""
    written = codec.encode(record)
    assert codec.decode(written, type(record)) == record
    assert written.decode("utf-8")


def _article(**changes: Any) -> dict[str, Any]:
    article = {
        "article_id": "0" * 64,
        "source": {"id": "s", "name": "S", "family": "s"},
        "title": "A title",
        "body": "",
        "fetched_at": "2026-01-09T07:12:00Z",
    }
    return article | changes


def test_times_in_utc_are_written_with_a_z() -> None:
    """A time in UTC is written as RFC 3339 with a Z."""
    article = codec.convert(_article(published_at="2026-01-09T07:12:00+00:00"), RawArticle)
    assert b'"published_at":"2026-01-09T07:12:00Z"' in codec.encode(article)


def test_a_time_with_an_offset_stays_the_same_moment() -> None:
    """A time that a foreign producer wrote with an offset is read as the moment it names."""
    article = codec.convert(_article(published_at="2026-01-09T16:12:00+09:00"), RawArticle)
    assert article.published_at == datetime(2026, 1, 9, 7, 12, tzinfo=UTC)
    assert codec.decode(codec.encode(article), RawArticle) == article


def test_an_unknown_field_is_ignored() -> None:
    """A field that a newer writer added does not break an older reader."""
    assert codec.convert(_article(colour="red"), RawArticle) == codec.convert(_article(), RawArticle)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "no value"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"title": "\\ud800"}', "not JSON"),
        (b"[]", "not a RawArticle: Expected `object`"),
        (b"{}", "missing required field"),
        (msgspec.json.encode(_article(title="")), r"length >= 1 - at `\$.title`"),
        (msgspec.json.encode(_article(title=5)), r"Expected `str`, got `int` - at `\$.title`"),
        (msgspec.json.encode(_article(fetched_at="today")), r"at `\$.fetched_at`"),
        (msgspec.json.encode(_article(fetched_at="2026-01-09T07:12:00")), r"at `\$.fetched_at`"),
        (msgspec.json.encode(_article(article_id="x")), r"at `\$.article_id`"),
    ],
)
def test_what_is_no_article_says_where_it_is_wrong(value: bytes | None, told: str) -> None:
    """Bytes that are no record raise a DecodeError that names the field."""
    with pytest.raises(codec.DecodeError, match=told):
        codec.decode(value, RawArticle)


def test_a_lone_surrogate_cannot_be_written() -> None:
    """A text that UTF-8 cannot hold is a RecordError, not a crash."""
    article = codec.convert(_article(title="broken \ud800"), RawArticle)
    with pytest.raises(RecordError, match="cannot be written"):
        codec.encode(article)
