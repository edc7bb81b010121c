"""Keys and tokens, and the persons behind them."""

from __future__ import annotations

import pytest

from canonical_model.controls.policy import Assignment, Directory, Person
from node_server.auth import principal
from node_server.operations.governing.persons import People

KNOWN = People(
    Directory(
        people=[Person(person="ann", known_as=["Ann's laptop", "auth0|5f7c", "key_3"])],
        assignments=[Assignment(role="owner", person="bob")],
    ),
    {"key_1": "ann", "key_2": "Ann's laptop", "key_3": "shared", "key_4": "bob"},
)


@pytest.mark.parametrize(
    ("actor", "person"),
    [
        ("key_1", "ann"),
        ("key_2", "ann"),
        ("key_3", "ann"),  # by its id, whatever it is called
        ("key_4", "bob"),
        ("oidc:auth0|5f7c", "ann"),
        ("oidc:bob", "bob"),
        ("control:match", "control:match"),
    ],
)
def test_an_actor_of_the_trail_is_a_person(actor: str, person: str) -> None:
    assert KNOWN.of(actor) == person


@pytest.mark.parametrize(
    ("key", "name", "actor", "same"),
    [
        ("key_9", "ann", "key_2", True),
        ("oidc:auth0|5f7c", "auth0|5f7c", "key_1", True),
        ("key_4", "bob", "key_1", False),
        ("key_8", "zoe", "key_8", True),
        ("key_8", "zoe", "oidc:zoe", True),
    ],
)
def test_one_person_is_the_same_by_every_key(key: str, name: str, actor: str, same: bool) -> None:
    assert KNOWN.same(principal("acme", key, name, frozenset()), actor) is same
