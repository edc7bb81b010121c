"""Values in the texts of a manifest: none of them leaves the place that it was meant for."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors._transport import Policy, TransportRefused, check_url
from node_server.operations.calling import NotReady
from node_server.operations.calling.filling import (
    fill,
    fill_encoded,
    fill_parameter,
    fill_path,
    fill_tree,
    fill_url,
    names_in,
)

ANY = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@given(ANY)
def test_a_value_stays_within_its_segment_of_a_path(value: str) -> None:
    path = fill_path("/a/{id}/b", lambda name: value)
    parts = urlsplit("https://h" + path).path.split("/")
    assert (len(parts), unquote(parts[2]), "?" in path, "#" in path) == (4, value, False, False)


@given(ANY)
def test_a_value_stays_within_the_quotes_of_a_key(value: str) -> None:
    path = unquote(fill_path("/A('{id}')/B", lambda name: value))
    assert re.fullmatch(r"/A\('((?:[^']|'')*)'\)/B", path, re.DOTALL)


@given(ANY)
def test_no_value_ends_a_text_of_a_query(value: str) -> None:
    odata = fill_parameter("Name eq '{v}' and x", lambda name: value)
    assert re.fullmatch(r"Name eq '((?:[^']|'')*)' and x", odata, re.DOTALL)
    quickbooks = fill_parameter("select * where A = '{v}'", lambda name: value, backslash=True)
    assert re.fullmatch(r"select \* where A = '((?:[^'\\]|\\.)*)'", quickbooks, re.DOTALL)
    frappe = fill_parameter('[["modified",">","{v}"]]', lambda name: value)
    assert json.loads(frappe) == [["modified", ">", value]]


@given(ANY)
def test_a_value_in_a_body_stays_a_text(value: str) -> None:
    tree = fill_tree({"a": ["{v}", 1, None], "b": {"c": "x{v}"}}, lambda name: value)
    assert tree == {"a": [value, 1, None], "b": {"c": f"x{value}"}}


@pytest.mark.parametrize("value", [77, True, "77", ["a", 7], {"a": 1}])
def test_a_text_that_is_nothing_but_a_place_takes_the_value_as_it_is(value: object) -> None:
    assert fill_tree([["partner_id", "=", "{v}"]], lambda name: value) == [
        ["partner_id", "=", value]
    ]


def test_within_a_longer_text_every_value_is_written_out() -> None:
    values = {"number": 7, "yes": True}
    tree = fill_tree({"a": "x{number}", "b": "is {yes}"}, values.__getitem__)
    assert tree == {"a": "x7", "b": "is true"}
    with pytest.raises(NotReady):
        fill_tree("x{v}", lambda name: ["a", "b"])


@given(ANY)
def test_an_encoded_parameter_is_json_whatever_stands_in_it(value: str) -> None:
    text = '[["reference", "=", "{marker}"], ["party", "=", "{party}"]]'
    made = fill_encoded(text, {"marker": value, "party": 2}.__getitem__)
    assert re.fullmatch(r"[A-Za-z0-9_=-]+", made)
    assert json.loads(urlsafe_b64decode(made)) == [["reference", "=", value], ["party", "=", 2]]


def test_what_is_no_json_is_not_encoded() -> None:
    with pytest.raises(NotReady, match="no JSON"):
        fill_encoded("[[{v}", lambda name: "x")


@pytest.mark.parametrize(
    "value",
    [
        *(
            "evil.example/x",
            "evil.example?",
            "evil.example#",
            "user@evil.example",
            "a b",
            "",
            "[::1]",
        ),
        "evil.example\\",
    ],
)
def test_a_variable_cannot_end_the_host(value: str) -> None:
    with pytest.raises(NotReady):
        fill_url("https://{shop}.myshopify.com/admin", lambda name: value)


@pytest.mark.parametrize("value", ["evil.example:443", "..", "x..y", "-", "a:b"])
def test_what_still_reads_as_a_host_is_refused_by_the_transport(value: str) -> None:
    url = fill_url("https://{shop}.myshopify.com/admin", lambda name: value)
    with pytest.raises(TransportRefused):
        check_url(Policy(hosts=("*.myshopify.com",)), url)


def test_names_are_those_between_braces_and_json_is_left_alone() -> None:
    assert names_in("/x/{id}?f={field:a.b[0]}&g={credential.client_id}") == [
        *("id", "field:a.b[0]", "credential.client_id"),
    ]
    graphql = "query { orders(first: 5) { id } }"
    assert fill(graphql, lambda name: "no") == graphql
