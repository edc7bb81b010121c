"""What the controls answer can be written as JSON and described by a schema, field by field."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import msgspec
import pytest

from canonical_model.controls import agreement, duplicates, reconciliation, screening
from canonical_model.wire.encoding import encode


def structs() -> list[type[msgspec.Struct]]:
    modules: list[ModuleType] = [agreement, duplicates, reconciliation, screening]
    found = {
        each
        for module in modules
        for _, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, msgspec.Struct)
        and each.__module__.startswith("canonical_model.controls")
    }
    assert len(found) > 30
    return sorted(found, key=lambda each: each.__qualname__)


@pytest.mark.parametrize("struct", structs(), ids=lambda each: each.__name__)
def test_every_field_of_an_answer_says_what_it_means(struct: type[Any]) -> None:
    schema = msgspec.json.schema(struct)
    body = schema["$defs"][struct.__name__]
    silent = [name for name, field in body["properties"].items() if "description" not in field]
    assert not silent


def test_a_policy_without_a_word_is_the_usual_one_and_can_be_read_from_json() -> None:
    for policy in (
        duplicates.DuplicatePolicy,
        reconciliation.ReconciliationPolicy,
        screening.ScreeningPolicy,
    ):
        assert msgspec.json.decode(b"{}", type=policy) == policy()
        assert encode(policy()) == b"{}"
    stated = b'{"hold_at":"0.9"}'
    assert str(msgspec.json.decode(stated, type=duplicates.DuplicatePolicy).hold_at) == "0.9"
