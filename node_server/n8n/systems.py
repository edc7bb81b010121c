"""One node for each system that people look for by its name, and for each family of formats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from node_server.n8n.wording import pascal, singular


class Connector(Protocol):
    """What is asked of a connector here."""

    @property
    def name(self) -> str: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...
    def map_names(self, direction: Any) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of record of a system, and what can be done with it."""

    value: str
    title: str
    connector: str
    resource: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """A node about one system, or about a family of formats."""

    slug: str
    title: str
    says: str
    kept: tuple[Kept, ...]
    alias: tuple[str, ...]

    @property
    def connector(self) -> str | None:
        """The only connector that it is about, if there is only one."""
        names = {each.connector for each in self.kept if each.connector}
        return names.pop() if len(names) == 1 else None

    @property
    def class_name(self) -> str:
        """Its part of the class's name."""
        return pascal(self.slug)


@dataclass(frozen=True, slots=True)
class _Family:
    slug: str
    title: str
    says: str
    connectors: tuple[str, ...]


# Formats have no address: people look for them by what they hold.
_FAMILIES: Final = (
    _Family("bank_statement", "Bank Statement",
            "Read statements of any bank as canonical documents",
            ("bank/camt", "bank/mt940", "bank/bai2", "bank/coda", "bank/ofx", "bank/qif",
             "bank/csv")),
    _Family("e_invoice", "E-Invoice",
            "Read and write electronic invoices: UBL, Peppol, Factur-X, FatturaPA",
            ("ap/ubl", "ap/cii", "ap/fatturapa")),
    _Family("payment_file", "Payment File", "Read and write payment files for banks",
            ("bank/pain", "bank/nacha")),
    _Family("edi", "EDI", "Read and write EDI messages: X12, EDIFACT, cXML, UBL orders, IDoc",
            ("procurement/x12", "procurement/edifact", "procurement/cxml", "procurement/ubl",
             "erp/sap_idoc")),
    _Family("warehouse_event", "Warehouse Event", "Read events of warehouses: EPCIS",
            ("warehouse/epcis",)),
)  # fmt: skip

_SHORT: Final = {"fatturapa": "FatturaPA", "cxml": "cXML", "sap_idoc": "IDoc", "csv": "Table"}
_CAPITALS: Final = {"ap": "AP", "ar": "AR", "xml": "XML", "soap": "SOAP", "pdf": "PDF", "id": "ID"}
_ANY: Final = Kept("any", "Any Format", "", "", ("map", "ingest"))


def systems(pack: Iterable[Connector], chosen: tuple[str, ...] = ()) -> list[System]:
    """The nodes of these connectors; of those chosen alone, where any are."""
    wanted = [each for each in pack if not chosen or each.name in chosen]
    by_name = {each.name: each for each in wanted}
    of_families = {name for family in _FAMILIES for name in family.connectors}
    made = [_family(each, by_name) for each in _FAMILIES]
    made += [_system(each) for each in wanted if each.name not in of_families]
    return sorted((each for each in made if each.kept), key=lambda each: each.slug)


def _family(family: _Family, there: Mapping[str, Connector]) -> System:
    found = [there[name] for name in family.connectors if name in there]
    kept = [
        _kept(
            each,
            name,
            f"{_SHORT.get(_slug(each), _slug(each).upper())} {_plain(name)}",
            f"{_slug(each)}_{name}",
        )
        for each in found
        for name in _names(each)
    ]
    alias = tuple(str(each.manifest["title"]) for each in found)
    whole = (_ANY, *kept) if kept else ()
    return System(family.slug, family.title, family.says, whole, alias)


def _system(connector: Connector) -> System:
    named = _bare(str(connector.manifest["title"]))
    kept = tuple(_kept(connector, name, _plain(name), name) for name in _names(connector))
    says = f"Map, post and pull documents of {named}"
    return System(_slug(connector), named, says, kept, (connector.name,))


def _names(connector: Connector) -> list[str]:
    stated = connector.manifest["resources"]
    names = {*connector.map_names("read"), *connector.map_names("write")}
    return sorted(name for name in names if name in stated)


def _kept(connector: Connector, name: str, title: str, value: str) -> Kept:
    stated = connector.manifest["resources"][name]
    reads, writes = name in connector.map_names("read"), name in connector.map_names("write")
    can = {
        "map": reads,
        "ingest": reads,
        "render": writes,
        "post": writes and "create" in stated,
        "pull": reads and "list" in stated,
    }
    operations = tuple(operation for operation, possible in can.items() if possible)
    return Kept(value, title, connector.name, name, operations)


def _slug(connector: Connector) -> str:
    return connector.name.partition("/")[2]


def _plain(name: str) -> str:
    words = singular(name).split("_")
    return " ".join(_CAPITALS.get(word, word.capitalize()) for word in words)


def _bare(text: str) -> str:
    """A title without what stands in brackets behind it."""
    return re.sub(r"\s*\(.*\)$", "", text)
