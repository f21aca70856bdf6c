from typing import Any

import pytest

from pipeline.contract.compatibility import incompatibilities

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}


def _record(required: tuple[str, ...] = ("a",), **fields: Schema) -> Schema:
    return {"type": "object", "properties": {"a": STRING} | fields, "required": list(required)}


def _list_of(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _defined(definition: Schema) -> Schema:
    return _record(b={"$ref": "#/$defs/B"}, c={"$ref": "#/$defs/B"}) | {"$defs": {"B": definition}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_record(), _record()),
        (_record(), _record(b=STRING)),
        (_record(), _record() | {"description": "said better"}),
        (_record(b={"enum": ["x"]}), _record(b={"enum": ["x", "y"]})),
        (_record(b={"enum": ["x"]}), _record(b={"enum": ["x"], "default": "x"})),
        (_record(b={"type": "string", "minLength": 2}), _record(b={"type": "string", "minLength": 1})),
        (_record(b={"type": "number", "maximum": 1}), _record(b={"type": "number"})),
        (_record(b={"anyOf": [STRING, NULL]}), _record(b={"anyOf": [NULL, STRING]})),
        (_record(b=STRING), _record(b={"$ref": "#/$defs/B"}) | {"$defs": {"B": STRING}}),
        (_defined(_record()), _defined(_record(d=NULL))),
    ],
)
def test_what_keeps_every_promise_is_compatible(old: Schema, new: Schema) -> None:
    """New optional fields, new enumeration values and looser limits break nobody."""
    assert incompatibilities(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (_record(b=STRING), _record(), "$.b: removed"),
        (_record(), _record(("a", "b"), b=STRING), "$.b: now required"),
        (_record(("a", "b"), b=STRING), _record(b=STRING), "$.b: not required any more"),
        (_record(b={"anyOf": [STRING, NULL]}), _record(b=STRING), "$.b: null is not accepted any more"),
        (_record(b=STRING), _record(b={"anyOf": [STRING, NULL]}), "$.b: may now be null"),
        (_record(b={"type": "integer"}), _record(b={"type": "number"}), "$.b: may now be number"),
        (
            _record(b={"type": "number"}),
            _record(b={"type": "integer"}),
            "$.b: number is not accepted any more",
        ),
        (_record(b={"enum": ["x", "y"]}), _record(b={"enum": ["x"]}), "$.b: value 'y' removed"),
        (_record(b=STRING), _record(b={"enum": ["x"]}), "$.b: now takes only x"),
        (_record(b=STRING), _record(b=STRING | {"minLength": 1}), "$.b: minLength is now 1"),
        (
            _record(b=STRING | {"maxLength": 9}),
            _record(b=STRING | {"maxLength": 8}),
            "$.b: maxLength is now 8",
        ),
        (
            _record(b=STRING | {"pattern": "a"}),
            _record(b=STRING | {"pattern": "b"}),
            "$.b: pattern changed from a to b",
        ),
        (_record(b=STRING), _record(b=STRING | {"format": "date"}), "$.b: format changed from None to date"),
        (_record(b=_list_of(STRING)), _record(b=_list_of(NULL)), "$.b[]: string is not accepted any more"),
        (
            _record(b={"type": "object", "additionalProperties": {"type": "integer"}}),
            _record(b={"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}),
            "$.b.*: minimum is now 1",
        ),
        (_record(b=_list_of(STRING)), _record(b={"type": "array"}), "$.b[]: changed from"),
        (_defined(_record(d=NULL)), _defined(_record()), "$.b.d: removed"),
    ],
)
def test_what_takes_something_away_is_named(old: Schema, new: Schema, told: str) -> None:
    """Whatever a writer or a reader of the old schema would miss is told with its path."""
    assert incompatibilities(old, new)[0].startswith(told)
