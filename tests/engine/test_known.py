"""What was learnt of the built-in connectors saves reading them; once stale it is worth nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import connectors
from connectors._engine.connector import Connector
from connectors._engine.known import Known, Look, digest_of
from connectors._engine.learning import written
from connectors.errors import MapError

FOLDER = Path(connectors.__file__).parent / "erp" / "xero"


def test_what_is_known_is_what_the_maps_say(monkeypatch: pytest.MonkeyPatch) -> None:
    read = Connector("erp/xero", FOLDER, learnt=False)
    looks = [
        Look(each.name.rpartition("/")[2], each.codec, each.spec, each.conditions)
        for each in read.recognisers
    ]
    known = {"erp/xero": Known(digest_of(FOLDER), looks)}
    monkeypatch.setattr("connectors._engine.known.all_known", lambda: known)
    learnt = Connector("erp/xero", FOLDER)
    assert learnt.recognisers != ()
    for one, other in zip(learnt.recognisers, read.recognisers, strict=True):
        assert (one.name, one.codec, one.spec) == (other.name, other.codec, other.spec)
        assert (one.weight, one.conditions) == (other.weight, other.conditions)
    assert written(known).startswith(b'{"erp/xero":{"digest":"')


def test_a_file_that_has_changed_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "erp" / "xero"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("samples"))
    known = {"erp/xero": Known(digest_of(copy), [])}
    monkeypatch.setattr("connectors._engine.known.all_known", lambda: known)
    assert Connector("erp/xero", copy).recognisers == ()
    with (copy / "maps" / "invoice.read.yaml").open("a") as file:
        file.write("# changed\n")
    assert Connector("erp/xero", copy).recognisers != ()


def test_an_overlay_is_never_taken_for_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"erp/xero": Known(digest_of(FOLDER), [])}
    monkeypatch.setattr("connectors._engine.known.all_known", lambda: known)
    over = tmp_path / "erp" / "xero" / "maps"
    over.mkdir(parents=True)
    (over / "invoice.read.yaml").write_text("fields: {numbr: X}\n")
    overlaid = Connector("erp/xero", FOLDER, (tmp_path,))
    assert overlaid.recognisers != ()
    with pytest.raises(MapError, match="numbr"):
        overlaid.read_map("invoice")
