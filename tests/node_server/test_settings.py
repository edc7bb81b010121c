"""Settings: told all at once when they are wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from node_server.config import BadSettings, Settings, load

Cli = Callable[..., Result]


def test_the_stronger_comes_later(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('port = 1\nworkers = 2\noverlays = ["a", "b"]\n')
    found = load({"COUNTERFOIL_PORT": "3", "PATH": "/bin"}, file, {"workers": 4, "host": None})
    assert (found.port, found.workers, found.overlays) == (3, 4, ("a", "b"))
    assert found.host == "127.0.0.1"


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('prot = 1\nthreads = "many"\n')
    environment = {
        "COUNTERFOIL_WORKERS": "0",
        "COUNTERFOIL_DATABASE_URL": "mysql://x",
        "COUNTERFOIL_LOG_LEVEL": "loud",
        "COUNTERFOIL_ALLOW_HTTP_TARGETS": "perhaps",
        "COUNTERFOIL_ALLOW_PRIVATE_TARGETS": "here",
        "COUNTERFOIL_OIDC_ISSUER": "https://id.example",
    }
    with pytest.raises(BadSettings) as caught:
        load(environment, file)
    told = "\n".join(caught.value.problems)
    for word in (
        *("did you mean port", "threads", "workers", "PostgreSQL", "log_level", "true or false"),
        *("10.2.0.0/16", "oidc_audience"),
    ):
        assert word in told, word


@pytest.mark.parametrize("content", [b"port = ", b"\xff", None])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "c.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadSettings, match=r"c\.toml"):
        load({}, file)


def test_every_setting_is_explained(cli: Cli) -> None:
    result = cli("config", "--json")
    assert result.exit_code == 0
    for name in Settings.__slots__:
        assert f'"{name}"' in result.stdout


def test_wrong_settings_end_as_wrong_usage(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERFOIL_PORT", "none")
    result = cli("config")
    assert result.exit_code == 2
    assert "whole number" in result.stderr


def test_keys_are_made_listed_and_revoked_at_the_shell(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    made = cli("keys", "new", "n8n", "--role", "mapper", *data)
    assert made.stdout.startswith("cf_")
    listed = cli("keys", "list", *data).stdout
    assert "mapper" in listed
    assert made.stdout.strip() not in listed
    revoked = cli("keys", "revoke", listed.split()[0], *data)
    assert revoked.exit_code == 0
    assert "revoked" in cli("keys", "list", *data).stdout
    assert cli("keys", "new", "x", "--role", "king", *data).exit_code == 2


def test_a_backup_is_made_and_restored_at_the_shell(cli: Cli, tmp_path: Path) -> None:
    cli("keys", "new", "n8n", "--role", "mapper", "--data", str(tmp_path / "a"))
    file = str(tmp_path / "b.backup")
    assert cli("backup", file, "--data", str(tmp_path / "a")).exit_code == 0
    assert cli("restore", file, "--data", str(tmp_path / "b")).exit_code == 0
    assert "n8n" in cli("keys", "list", "--data", str(tmp_path / "b")).stdout
    assert cli("restore", file, "--data", str(tmp_path / "b")).exit_code == 1
    assert cli("prune", "--data", str(tmp_path / "b")).exit_code == 0
    gone = cli("erase", "inv_x", "--reason", "r", "--data", str(tmp_path / "b"))
    assert gone.exit_code == 1
