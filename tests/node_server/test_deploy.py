"""What is under `deploy/` names things that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from node_server.cli.main import COMMANDS
from node_server.config import OTHER_VARIABLES, PREFIX, Settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OBJECTS = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "counterfoil.yaml").read_text()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_named_is_a_setting(path: Path) -> None:
    names = set(re.findall(rf"{PREFIX}([A-Z_]+)", path.read_text()))
    known = {name.upper() for name in Settings.__slots__} | {n.upper() for n in OTHER_VARIABLES}
    assert names <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_secret_is_written_down(path: Path) -> None:
    for line in path.read_text().splitlines():
        if re.search(r"(PASSWORD|MASTER_KEY|_PASS)\b.*[:=]\s*\S", line) and "#" not in line:
            assert "${" in line or "secretRef" in line, line


def test_commands_are_commands() -> None:
    for service in COMPOSE["services"].values():
        if service.get("command", [""])[0] == "counterfoil":
            assert service["command"][1] in COMMANDS
    last = (DEPLOY / "Dockerfile").read_text().splitlines()[-1]
    assert shlex.split(last)[0] == "CMD"
    assert '"serve"' in last


def test_compose_has_what_the_product_can_use() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"server", "worker", "postgres", "redis", "rabbitmq", "n8n"}
    volumes = {v.partition(":")[0] for s in services.values() for v in s.get("volumes", ())}
    assert volumes == set(COMPOSE["volumes"])
    for name, service in services.items():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(services), name
        for other in waits:
            assert other == "server" or "healthcheck" in services[other], other
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


def test_pods_run_without_rights_they_do_not_need() -> None:
    pods = [each["spec"]["template"]["spec"] for each in OBJECTS if each["kind"] == "Deployment"]
    assert pods
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        mounted = {v["name"] for v in pod["volumes"]}
        for container in pod["containers"]:
            rights = container["securityContext"]
            assert rights["allowPrivilegeEscalation"] is False
            assert rights["readOnlyRootFilesystem"] is True
            assert rights["capabilities"]["drop"] == ["ALL"]
            assert {m["name"] for m in container["volumeMounts"]} <= mounted
            assert {"livenessProbe", "readinessProbe", "startupProbe"} <= set(container)


def test_selectors_find_what_they_are_to_find() -> None:
    labels = next(e for e in OBJECTS if e["kind"] == "Deployment")["spec"]["template"]["metadata"][
        "labels"
    ]
    for each in OBJECTS:
        selector = each["spec"]["selector"]
        assert (selector.get("matchLabels") or selector).items() <= labels.items(), each["kind"]
