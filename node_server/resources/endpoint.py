"""How a route is declared: once, for serving it and for describing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from node_server.resources.call import Call, Reply

JSON = "application/json"
NDJSON = "application/x-ndjson"
PROBLEM = "application/problem+json"
ANY = "*/*"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query, the path or a header."""

    name: str
    says: str
    schema: Schema = field(default_factory=lambda: {"type": "string"})
    place: Literal["query", "path", "header"] = "query"
    example: Any = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries. `types` with `*/*` means a payload of any kind."""

    says: str
    types: tuple[str, ...] = (JSON,)
    schema: Schema | None = None
    example: Any = None
    required: bool = True
    secret: bool = False
    """Whether it holds secrets: what is wrong with it is told without quoting it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back with one status."""

    says: str
    schema: Schema | None = None
    example: Any = None
    types: tuple[str, ...] = (JSON,)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation over HTTP."""

    method: str
    path: str
    name: str
    summary: str
    says: str
    tag: str
    work: Callable[[Call], Reply]
    answers: Mapping[int, Answer]
    permission: str | None = "read"
    """None for what anybody may ask."""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    keyed: bool = False
    """Whether it honours Idempotency-Key."""
    refusals: tuple[int, ...] = ()
    """Statuses of problems besides those that every route of its kind may give."""
    loose: bool = False
    """Whether others add parameters of their own: a callback's caller is not ours."""

    @property
    def route(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    path: str,
    *,
    summary: str,
    tag: str,
    answers: Mapping[int, Answer],
    permission: str | None = "read",
    parameters: Iterable[Parameter] = (),
    body: Body | None = None,
    keyed: bool = False,
    refusals: Iterable[int] = (),
    loose: bool = False,
) -> Callable[[Callable[[Call], Reply]], Callable[[Call], Reply]]:
    """Declare the function below as what answers this method and path."""

    def declare(work: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        said = " ".join((work.__doc__ or "").split())
        ENDPOINTS.append(
            Endpoint(
                method, path, work.__name__, summary, said, tag, work, answers, permission,
                tuple(parameters), body, keyed, tuple(refusals), loose,
            )
        )  # fmt: skip
        return work

    return declare


def query(
    name: str, says: str, *, many: bool = False, example: Any = None, **schema: Any
) -> Parameter:
    """A query parameter; a text unless its schema says otherwise."""
    return Parameter(name, says, {"type": "string", **schema}, "query", example, many)


def in_path(name: str, says: str, example: str) -> Parameter:
    """A part of the path."""
    return Parameter(name, says, {"type": "string"}, "path", example)


LIMIT = query(
    "limit", "Most rows in this answer", type="integer", minimum=1, maximum=1000, default=100
)
CURSOR = query("cursor", "Where to go on: `next_cursor` of the page before")
ENVELOPE = query(
    "envelope",
    "`false` gives a bare array, with the cursor in `X-Next-Cursor`",
    type="boolean",
    default=True,
)
PAGED = (LIMIT, CURSOR, ENVELOPE)


def page_schema(row: Schema) -> Schema:
    """The envelope of a list; an array of the same rows where `envelope=false`."""
    envelope = {
        "type": "object",
        "required": ["data", "has_more"],
        "properties": {
            "data": {"type": "array", "items": row},
            "has_more": {"type": "boolean"},
            "next_cursor": {"type": "string"},
        },
    }
    return {"anyOf": [envelope, {"type": "array", "items": row}]}
