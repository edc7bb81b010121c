"""`counterfoil map --watch`: the result anew whenever a file it depends on is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

import connectors
from connectors.errors import MapError
from node_server.cli.watch import watch
from node_server.operations.watching import rounds


@pytest.fixture(autouse=True)
def nothing_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connectors, "folders", list)


def seen(paths: list[Path], overlay: Path, saves: list[Callable[[], object]]) -> int:
    """How many rounds there are while some files are saved, one in each pause."""
    steps = iter(saves)

    def pause(_: float) -> None:
        save = next(steps, None)
        if save is None:
            raise KeyboardInterrupt
        save()

    count = 0
    with suppress(KeyboardInterrupt):
        for _ in rounds([str(path) for path in paths], str(overlay), pause):
            count += 1
    return count


def test_a_round_for_each_change_of_a_payload_or_an_overlay(tmp_path: Path) -> None:
    payload, over = tmp_path / "bill.bin", tmp_path / "over"
    over.mkdir()
    payload.write_text("1")
    (tmp_path / "other.json").write_text("1")
    saves: list[Callable[[], object]] = [
        lambda: None,
        lambda: payload.write_text("two"),
        lambda: (over / "x.read.yaml").write_text("a: b"),
        lambda: (tmp_path / "other.json").write_text("not watched"),
        lambda: payload.unlink(),
    ]
    assert seen([payload], over, saves) == 4


def test_the_screen_shows_what_is_different(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(click, "clear", lambda: click.echo("-- clear --"))
    texts: Iterator[str | MapError] = iter(["a\nb", "a\nc", MapError(["m.yaml:1:1: no"]), "a\nc"])

    def shown() -> str:
        text = next(texts)
        if isinstance(text, MapError):
            raise text
        return text

    def four() -> Iterator[None]:
        for _ in range(4):
            yield None
        raise KeyboardInterrupt

    watch(four(), shown)
    screens = capsys.readouterr().out.split("-- clear --\n")[1:]
    first, second, third, last = (screen.splitlines()[:-1] for screen in screens)
    assert first == ["  a", "  b"]
    assert second == ["  a", "- b", "+ c"]
    assert sorted(third) == ["+ m.yaml:1:1: no", "- a", "- c"]
    assert "+ c" in last
