"""`counterfoil simulate`: target systems on this machine, to try whole workflows against."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from node_server.simulators import (
    Simulator,
    load,
    rates_of,
    start_several,
    unverified,
    what_there_is,
)


@click.command()
@click.argument("systems", nargs=-1, metavar="SYSTEM...")
@click.option("--list", "show", is_flag=True, help="Say what there is; of SYSTEMs, what is unsure.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=9900, show_default=True, help="Port; 0 takes a free one.")
@click.option("--faults", "rates", default="", help="Rates: lost=0.1,reset=0.05,429@create=0.1.")
@click.option("--seed", default=0, show_default=True, help="Makes credentials and chances repeat.")
@click.option("--data", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps it.")
@click.option("--limits/--no-limits", default=True, show_default=True, help="Keep their limits.")
@click.option("--page-size", type=click.IntRange(1), help="Most rows in a page.")
@click.option("--delay", type=click.FloatRange(0), help="Seconds that each answer takes.")
@click.option("--set", "stated", multiple=True, metavar="NAME=VALUE", help="A variable.")
@click.option("--auth", default="", help="Kind of the credential that is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a system.")
def simulate(
    systems: tuple[str, ...],
    show: bool,
    rates: str,
    auth: str,
    as_json: bool,
    stated: tuple[str, ...],
    **more: Any,
) -> None:
    """Serve stand-ins for SYSTEMs such as erp/xero, each with a state of its own.

    They take the same calls, keep the same rules and fail as you ask. What a system's maker does
    not document is named at /_simulator/ of each.
    """
    if show:
        _show(systems)
        return
    if not systems:
        raise click.UsageError("name a system, such as erp/xero; --list says what there is")
    options = {name: value for name, value in more.items() if value is not None}
    options["variables"] = dict(each.split("=", 1) for each in stated if "=" in each)
    with ExitStack() as stack:
        try:
            served = start_several(systems, faults=rates_of(rates), **options)
            simulators = stack.enter_context(served)
            told = [_told(each, auth) for each in simulators]
        except (ValueError, OSError) as error:
            raise click.UsageError(str(error)) from None
        for each in told:
            click.echo(json.dumps(each) if as_json else _readable(each))
        _wait()


def _told(simulator: Simulator, kind: str) -> dict[str, Any]:
    return {
        "system": simulator.name,
        "control": f"{simulator.url}/_simulator/",
        "settings": simulator.settings,
        "credential": simulator.credential_of(kind),
        "unverified": len(simulator.unverified),
    }


def _readable(told: dict[str, Any]) -> str:
    lines = [f"{told['system']}  control plane at {told['control']}"]
    lines += ["  settings of a connection:", f"    {json.dumps(told['settings'])}"]
    lines += [f"  credential ({told['credential']['kind']}):"]
    lines += [f"    {json.dumps(told['credential']['parts'])}"]
    if told["unverified"]:
        lines += [
            f"  {told['unverified']} facts could not be checked; the control plane names them"
        ]
    return "\n".join(lines)


def _show(systems: tuple[str, ...]) -> None:
    """All systems in a line each, or of those named every fact that is not checked."""
    rows = what_there_is()
    named = [row for row in rows if not systems or row["system"] in systems]
    if odd := set(systems) - {row["system"] for row in rows}:
        raise click.UsageError(f"no simulator of {min(odd)}; --list alone says what there is")
    width = max(len(row["system"]) for row in named)
    for row in named:
        click.echo(
            f"{row['system']:{width}}  creates {', '.join(row['creates']) or 'nothing'};"
            f" lists {row['lists']}; webhooks {row['webhooks']}; {row['unverified']} not checked"
        )
        for fact in unverified(load(row["system"])) if systems else ():
            click.echo(f"  {fact['place']}: {fact['what']}")


def _wait() -> None:
    """Until the process is told to stop."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    stop.wait()
