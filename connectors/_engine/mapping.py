"""The road of a payload: bytes, tree, documents, records; whatever goes wrong is in the result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import structs

from canonical_model.base.issue import Issue
from canonical_model.base.scalars import Part
from canonical_model.envelope import Context, Record, Source, Unmapped
from canonical_model.record import make_record
from connectors._codecs.limits import Notice
from connectors._engine.connector import Connector
from connectors._engine.pack import Pack
from connectors._engine.read_map import Mapped, ReadMap, in_order, unread_together
from connectors._engine.recognition import Sight
from connectors._engine.run_state import numbered
from connectors._engine.wires import read, sights
from connectors.errors import CodecError


class Result(Part, frozen=True, kw_only=True):
    """What became of one payload; the same shape everywhere."""

    connector: str | None = None
    resource: str | None = None
    format: str | None = None
    records: list[Record] = []
    issues: list[Issue] = []


def map_bytes(
    pack: Pack,
    data: bytes,
    *,
    connector: str | None = None,
    resource: str | None = None,
    filename: str | None = None,
    context: Context,
    unmapped: bool = False,
) -> Result:
    """All records of a payload; a payload that cannot be read gives a result that says why."""
    chosen = pack[connector] if connector else None
    codec = chosen.spec(resource)["codec"] if chosen and resource else None
    try:
        name, decoded = read(data, codec, filename)
    except CodecError as error:
        return Result(issues=[_unreadable(error)])
    origin = Source(raw_sha256=hashlib.sha256(data).hexdigest())
    road = _Road(pack, chosen, resource, origin, context, unmapped)
    road.issues += map(noticed, decoded.notices)
    for sight, notices in sights(name, decoded):
        road.issues += map(noticed, notices)
        road.take(sight)
    return road.result(name)


class _Road:
    """Takes the units of one payload, each to its map."""

    def __init__(
        self,
        pack: Pack,
        connector: Connector | None,
        resource: str | None,
        origin: Source,
        context: Context,
        unmapped: bool,
    ) -> None:
        self.pack = pack
        self.connector = connector
        self.resource = resource
        self.origin = origin
        self.context = context
        self.unmapped = unmapped
        self.found: ReadMap | None = None
        self.records: list[Record] = []
        self.issues: list[Issue] = []
        self._seen: set[tuple[str, str | None]] = set()
        known = (connector or pack).recognition
        self._known = known.only(resource) if resource and not connector else known

    def result(self, codec: str) -> Result:
        """What became of all of it; the first map that gave a record names the whole."""
        if not self.records and not any(issue.severity == "error" for issue in self.issues):
            self.issues.append(_nothing())
        connector, _, stem = self.found.name.rpartition("/") if self.found else ("", "", "")
        return Result(
            connector=connector or None,
            resource=stem.partition(".")[0] or None,
            format=codec,
            records=self.records,
            issues=self.issues,
        )

    def take(self, sight: Sight) -> None:
        """Map one unit, or say why no map takes it."""
        found = self._maps_of(sight)
        if isinstance(found, Issue):
            if (found.code, found.actual) not in self._seen:
                self._seen.add((found.code, found.actual))
                self.issues.append(found)
            return
        taken = self._mapped(found, sight)
        if not self.records:
            self.found = taken[0][0] if taken else found[0]
        unread = unread_together(found, sight.tree) if self.unmapped else []
        for number, (each, mapped) in enumerate(taken):
            lost = unread[number] if unread else []
            self.records.append(self._record(each, mapped, lost))

    def _mapped(self, found: list[ReadMap], sight: Sight) -> list[tuple[ReadMap, Mapped]]:
        """All documents of one unit; of several maps in the order in which they stand in it."""
        if len(found) == 1:
            return [(found[0], mapped) for mapped in found[0].run(sight.tree)]
        places = [each.standing(sight.tree) for each in found]
        taken = [
            (place, mapped.index, each, mapped)
            for each, (place, _) in zip(found, places, strict=True)
            for mapped in each.run(sight.tree)
        ]
        self.issues += _left(places, taken)
        return [(each, mapped) for _, _, each, mapped in in_order(taken)]

    def _maps_of(self, sight: Sight) -> list[ReadMap] | Issue:
        """The map of a unit, or those that share it."""
        if self.connector is not None and self.resource is not None:
            return [self.connector.read_map(self.resource)]
        names, settled = self._known.claims(sight)
        if not settled:
            return _unclaimed(sight, list(names))
        parts = [each.rpartition("/") for each in names]
        return [self.pack[name].read_map(resource) for name, _, resource in parts]

    def _record(self, found: ReadMap, mapped: Mapped, lost: Sequence[tuple[str, str]]) -> Record:
        source = structs.replace(
            origin_of(self.pack, found, mapped.source),
            raw_sha256=self.origin.raw_sha256,
            raw_path=mapped.position or str(len(self.records)),
        )
        unread = [Unmapped(source_path=path, value=value) for path, value in lost]
        return make_record(
            mapped.document, source, self.context, issues=mapped.issues, unmapped=unread
        )


def _left(places: Sequence[tuple[str, int]], taken: Sequence[tuple[Any, ...]]) -> Iterator[Issue]:
    """An issue for each record that none of the maps which share a payload takes."""
    known = {(place, index) for place, index, *_ in taken}
    for place, count in dict.fromkeys(places):
        for index in range(count):
            if (place, index) not in known:
                yield Issue(
                    code="not_taken",
                    severity="warning",
                    message="no map takes this record; `when` of one that does would hold for it",
                    source_path=numbered(place, [index]) or None,
                )


def origin_of(pack: Pack, found: ReadMap, stated: Source) -> Source:
    """A record's source with what the connector's manifest says of all its payloads."""
    connector = pack[found.name.rpartition("/")[0]]
    return structs.replace(
        stated,
        system=stated.system or connector.manifest.get("system", connector.name.rpartition("/")[2]),
        channel=stated.channel or connector.manifest.get("channel"),
        mapping=f"{found.name}@{found.version}",
    )


def _unreadable(error: CodecError) -> Issue:
    return Issue(
        code=error.code,
        severity="error",
        message=error.message,
        source_path=error.where or None,
        hint=error.hint,
    )


def noticed(notice: Notice) -> Issue:
    """What a codec read past, as an issue."""
    return Issue(
        code=notice.code,
        severity=notice.severity,
        message=notice.message,
        source_path=notice.where or None,
    )


def _unclaimed(sight: Sight, names: list[str]) -> Issue:
    seen = sight.root or sight.type or _keys(sight.tree)
    if names:
        message = f"claimed by {', '.join(names)}; name the connector and resource that is meant"
        return Issue(code="ambiguous", severity="error", message=message, actual=seen)
    message = f"no connector claims this {sight.codec} ({seen}); name one, or write a map for it"
    return Issue(code="unclaimed", severity="error", message=message, actual=seen)


def _keys(tree: Any) -> str:
    """What a payload shows of itself: names, never values."""
    if isinstance(tree, dict):
        return ", ".join(list(map(str, tree))[:6]) or "an empty object"
    return "a list" if isinstance(tree, list) else "a single value"


def _nothing() -> Issue:
    message = "nothing in it; a payload has at least one document"
    return Issue(code="no_documents", severity="error", message=message)
