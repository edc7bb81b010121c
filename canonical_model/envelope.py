"""What surrounds a document: where it came from, how it is known, what was found, how far it is.

The document holds business terms only, so that its hash does not move when it is delivered again.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from canonical_model.base.issue import Issue
from canonical_model.base.scalars import Code, Count, Instant, Maybe, Part, Text, in_utc, says
from canonical_model.documents import AnyDocument
from canonical_model.parts.reference import Ref

State = Literal[
    "received",
    "validated",
    "matched",
    "approved",
    "posted",
    "paid",
    "rejected",
    "archived",
    "exception",
]
Channel = Literal["api", "webhook", "file", "email", "edi", "peppol", "bank", "scan", "manual"]
Direction = Literal["payable", "receivable"]
ArchiveReason = Literal[
    "completed", "voided", "superseded", "duplicate", "expired", "source_deleted"
]


class Context(Part, frozen=True, kw_only=True):
    """What keys need and a payload does not say."""

    tenant: Annotated[Text, says("Whose document it is")] = "default"
    entity: Annotated[Maybe[Text], says("Our legal entity, by its master id")] = None
    own_ids: Annotated[tuple[Text, ...], says("Our own identifiers, to tell the direction")] = ()
    entities: Annotated[
        dict[Text, tuple[Text, ...]], says("Identifiers of each of our entities, if several")
    ] = {}
    direction: Annotated[Maybe[Direction], says("Direction, where the caller knows it")] = None
    connection: Annotated[Maybe[Text], says("Which connection it came by")] = None
    channel: Annotated[Maybe[Channel], says("How it came")] = None


class Source(Part, frozen=True, kw_only=True):
    """One delivery of a document by another system."""

    system: Annotated[Maybe[Text], says("Which system", examples=["xero"])] = None
    connection: Annotated[Maybe[Text], says("Which connection to it")] = None
    channel: Annotated[Maybe[Channel], says("How it came")] = None
    object_type: Annotated[Maybe[Text], says("The system's word for it")] = None
    object_id: Annotated[Maybe[Text], says("The system's own id")] = None
    object_version: Annotated[Maybe[Text], says("Its version there: SyncToken, etag")] = None
    created_at: Annotated[Maybe[Instant], says("Created, by the source's clock")] = None
    updated_at: Annotated[Maybe[Instant], says("Changed, by the source's clock")] = None
    observed_at: Annotated[Maybe[Instant], says("Seen, by our clock")] = None
    deleted: Annotated[Maybe[bool], says("The source has deleted it")] = None
    raw_sha256: Annotated[Maybe[Text], says("SHA-256 of the payload's bytes")] = None
    raw_mime: Annotated[Maybe[Text], says("Media type of the payload")] = None
    raw_path: Annotated[Maybe[Text], says("Place of the document in the payload")] = None
    mapping: Annotated[Maybe[Text], says("Map and version", examples=["erp/xero/bill.read@1"])] = (
        None
    )

    def __post_init__(self) -> None:
        in_utc(self, "created_at", "updated_at", "observed_at")


class Key(Part, frozen=True, kw_only=True):
    """One identity of a document: its parts and the SHA-256 of their canonical JSON."""

    basis: Annotated[Text, says("What it rests on", examples=["vat", "source"])]
    hash: Annotated[Text, says("SHA-256 of the canonical JSON of `parts`, hexadecimal")]
    parts: Annotated[list[str], says("The parts, in order")]


class Step(Part, frozen=True, kw_only=True):
    """One thing that was done to a document."""

    op: Annotated[Code, says("parse, map, normalise, enrich, merge, match, approve, post")]
    at: Annotated[Maybe[Instant], says("When")] = None
    by: Annotated[Maybe[Text], says("Who or what")] = None
    inputs: Annotated[list[Text], says("Content hashes of what went in")] = []
    version: Annotated[Maybe[Text], says("Version of what did it")] = None
    note: Annotated[Maybe[Text], says("Remark")] = None

    def __post_init__(self) -> None:
        in_utc(self, "at")


class ExceptionInfo(Part, frozen=True, kw_only=True):
    """Why a document is held, and where it goes back to."""

    code: Annotated[Code, says("Exception code", examples=["price_variance"])]
    from_state: Annotated[State, says("State it was in")]
    opened_at: Annotated[Maybe[Instant], says("When")] = None
    retryable: Annotated[Maybe[bool], says("Whether trying again may help")] = None
    owner: Annotated[Maybe[Text], says("Who deals with it")] = None
    detail: Annotated[Maybe[Text], says("In words")] = None

    def __post_init__(self) -> None:
        in_utc(self, "opened_at")


class Unmapped(Part, frozen=True, kw_only=True):
    """A leaf of the source that no rule of the map consumed."""

    source_path: Annotated[Text, says("Where it stands in the payload")]
    value: Annotated[Maybe[str], says("What it says")] = None


class Record(Part, frozen=True, kw_only=True):
    """A document with everything that is known about it."""

    idempotency_key: Annotated[Maybe[Text], says("Id of its strongest key")] = None
    id: Annotated[Maybe[Text], says("Id of the first natural key seen; never changes")] = None
    schema: Annotated[Maybe[Text], says("Shape", examples=["finance.canonical/invoice/1"])] = None
    tenant: Annotated[Maybe[Text], says("Whose it is")] = None
    document: Annotated[AnyDocument, says("The document: business terms only")]
    source: Annotated[Maybe[Source], says("Where it came from")] = None
    sources: Annotated[list[Source], says("Further deliveries of it")] = []
    keys: Annotated[list[Key], says("All keys that mean it; grows")] = []
    fingerprints: Annotated[dict[str, str], says("F0 to F7, for suspicion only")] = {}
    content_hash: Annotated[Maybe[Text], says("sha256: and the hash of the document")] = None
    issues: Annotated[list[Issue], says("What was found")] = []
    ignored: Annotated[list[Text], says("Rules that were not applied, by request")] = []
    unmapped: Annotated[list[Unmapped], says("What no rule of the map consumed")] = []
    ext: Annotated[dict[str, Any], says("Known but not modelled, by system")] = {}
    revision: Annotated[Maybe[Count], says("Grows when the content changes")] = None
    state: Annotated[Maybe[State], says("Where it is in its life")] = None
    state_seq: Annotated[Maybe[Count], says("Number of steps so far")] = None
    payment_status: Annotated[
        Maybe[
            Literal[
                "unpaid",
                "scheduled",
                "in_transit",
                "partially_paid",
                "paid",
                "overpaid",
                "refunded",
                "not_applicable",
            ]
        ],
        says("How far it is paid"),
    ] = None
    match_status: Annotated[
        Maybe[Literal["none", "two_way", "three_way", "partial", "failed", "not_applicable"]],
        says("How far it is matched"),
    ] = None
    exception: Annotated[Maybe[ExceptionInfo], says("Why it is held")] = None
    archive_reason: Annotated[Maybe[ArchiveReason], says("Why it is archived")] = None
    lineage: Annotated[list[Step], says("What was done to it")] = []
    links: Annotated[list[Ref], says("Links once resolved")] = []
    supersedes: Annotated[Maybe[Text], says("Record it replaces")] = None
    created_at: Annotated[Maybe[Instant], says("First stored")] = None
    updated_at: Annotated[Maybe[Instant], says("Last stored")] = None

    def __post_init__(self) -> None:
        in_utc(self, "created_at", "updated_at")


class Event(Part, frozen=True, kw_only=True):
    """A CloudEvent 1.0 in structured mode; its id follows from what happened, not from chance."""

    id: Annotated[Text, says("Deterministic id")]
    source: Annotated[Text, says("Who says so")]
    type: Annotated[Text, says("What happened", examples=["finance.invoice.posted.v1"])]
    subject: Annotated[Text, says("Record id")]
    time: Annotated[Maybe[Instant], says("When")] = None
    specversion: Annotated[Maybe[Literal["1.0"]], says("Always 1.0")] = None
    datacontenttype: Annotated[Maybe[Text], says("application/json")] = None
    dataschema: Annotated[Maybe[Text], says("Schema of the data")] = None
    dataref: Annotated[Maybe[Text], says("Where the record can be read")] = None
    sequence: Annotated[Maybe[Text], says("state_seq as text")] = None
    tenant: Annotated[Maybe[Text], says("Whose it is")] = None
    traceparent: Annotated[Maybe[Text], says("W3C trace context")] = None
    data: Annotated[dict[str, Any], says("Thin: id, kind, revision, state, hash, issues")] = {}

    def __post_init__(self) -> None:
        in_utc(self, "time")
