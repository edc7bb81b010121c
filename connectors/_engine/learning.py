"""Learns what `known` holds: reads and checks every map of the built-in connectors.

`python -m connectors._engine.learning --write` writes it, `--check` fails when it is stale.
"""

from __future__ import annotations

import sys
from hashlib import blake2b

import msgspec

from connectors._engine.connector import Connector
from connectors._engine.contract import CONTRACTS
from connectors._engine.known import FILE, Known, Look, all_known, digest_of
from connectors._engine.pack import Pack
from connectors.errors import ConnectorError

_JUDGE = ""
_NOBODY = Known("")


# What decides whether a map is sound, and what is kept of it.
_JUDGES = ("checking", "checking_write", "canonical_paths", "heads", "paths", "sight_index")


def judges() -> str:
    """A digest of the code that judges maps: another verdict needs another look at all of them."""
    found = blake2b(digest_size=16)
    for path in (
        *(FILE.with_name(f"{name}.py") for name in _JUDGES),
        CONTRACTS / "map.schema.json",
    ):
        found.update(path.read_bytes())
    return found.hexdigest()


def learnt(before: dict[str, Known]) -> dict[str, Known]:
    """What is to be known of all connectors; what has not changed is not read again."""
    kept = before if before.get(_JUDGE, _NOBODY).digest == judges() else {}
    found = {_JUDGE: Known(judges())}
    for each in Pack().connectors.values():
        known = kept.get(each.name)
        if known is None or known.digest != digest_of(each.folder):
            known = _known(each)
        if known is not None:
            found[each.name] = known
    return found


def written(found: dict[str, Known]) -> bytes:
    """The file's bytes, one connector a line."""
    encode = msgspec.json.encode
    lines = [encode(name) + b":" + encode(found[name]) for name in sorted(found)]
    return b"{" + b",\n".join(lines) + b"}\n"


def _known(connector: Connector) -> Known | None:
    """One connector; None where anything is wrong with it."""
    whole = Connector(connector.name, connector.folder, learnt=False)
    try:
        for resource in whole.map_names("read"):
            whole.read_map(resource)
        for resource in whole.map_names("write"):
            whole.write_map(resource)
    except ConnectorError:
        return None
    looks = [
        Look(each.name.rpartition("/")[2], each.codec, each.spec, each.conditions)
        for each in whole.recognisers
    ]
    return Known(digest_of(connector.folder), looks)


def main(arguments: list[str]) -> int:
    """Command line of the generator."""
    if arguments == ["--write"]:
        FILE.write_bytes(written(learnt(all_known())))
        return 0
    if arguments == ["--check"]:
        if FILE.exists() and FILE.read_bytes() == written(learnt(all_known())):
            return 0
        sys.stderr.write(f"{FILE.name} is stale; run `make generate`\n")
        return 1
    sys.stderr.write("usage: python -m connectors._engine.learning --write | --check\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
