"""The demonstration: nodes of two nations as two processes, one recorded sky, one picture."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import importlib.resources
import json
import pathlib
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import msgspec
import yaml
from rich.console import Group
from rich.live import Live

from jointsky.cli import console, live_demo_end
from jointsky.cli.live_table import table
from jointsky.errors import InputError
from jointsky.live.declared import Clock, LiveConfig, LiveSite, Output, Store
from jointsky.live.feeds import ReplayFeed
from jointsky.live.load import load
from jointsky.live.network import network_of
from jointsky.live.warming import warm

OUT = pathlib.Path("out") / "live-demo"
LENGTH_S = 720.0  # of the recording
START_AFTER_S = 3.0
RESTART_AFTER_S = 1.0
LOOK = (
    "Both nations show the same tracks under the same numbers, though each has only its own "
    "radars.\nTry: kill -9 one of the two processes (their numbers are above) and watch: it comes "
    "back,\nits tracks have their old numbers, and it is given what it has missed.  Ctrl-C ends."
)


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; return the exit code."""
    folder = (arguments.out or OUT).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found = error.strerror or str(error)
        raise InputError(str(folder), found, "a folder to write to") from None
    config = _config(arguments.speed, folder)
    with console.progress(arguments.quiet) as step:
        step("compiling (first run only)", 0.0)
        warm(network_of(config))
        step("compiling (first run only)", 1.0)
    began_s = time.time() + START_AFTER_S  # noqa: TID251
    stamp = datetime.datetime.fromtimestamp(began_s, datetime.UTC).isoformat()
    config = msgspec.structs.replace(
        config, clock=Clock(started=stamp, begin=stamp, speed=arguments.speed)
    )
    path = folder / "two-nations.yaml"
    path.write_text(yaml.safe_dump(msgspec.to_builtins(config), sort_keys=False), encoding="utf-8")
    seconds = arguments.seconds or START_AFTER_S + LENGTH_S / arguments.speed
    demo = _Demo(path, [site.name for site in config.sites], arguments)
    asyncio.run(demo.run(seconds))
    told = live_demo_end.told(config, folder, demo.last, demo.restarts)
    if arguments.json:
        console.print_json(told)
    elif not arguments.quiet:
        live_demo_end.show(told)
    return console.OK if demo.last else console.FAILED


def _config(speed: float, folder: pathlib.Path) -> LiveConfig:
    """Return the configuration that comes along, with a free port and this folder."""
    packaged = pathlib.Path(str(importlib.resources.files("jointsky.live.demo")))
    loaded = load(packaged / "two-nations.yaml")
    endpoint = f"tcp/127.0.0.1:{_free_port()}"
    for old in folder.glob("*.jsonl"):
        old.unlink()
    return msgspec.structs.replace(
        loaded.config,
        sites=tuple(_site(one, packaged, endpoint) for one in loaded.config.sites),
        store=Store(folder="{site}"),
        outputs=(Output(path="{site}.jsonl", interval_s=max(1.0, speed)),),
    )


def _site(site: LiveSite, packaged: pathlib.Path, endpoint: str) -> LiveSite:
    feeds = tuple(
        msgspec.structs.replace(feed, path=str(packaged / feed.path))
        for feed in site.feeds
        if isinstance(feed, ReplayFeed)
    )
    listen = (endpoint,) if site.listen else ()
    return msgspec.structs.replace(site, feeds=feeds, listen=listen)


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class _Demo:
    """Keeps a process for each site running, and shows what they say side by side."""

    def __init__(self, path: pathlib.Path, sites: list[str], arguments: argparse.Namespace) -> None:
        self._path, self._sites = path, sites
        self._quiet = arguments.quiet or arguments.json
        self.last: dict[str, dict[str, Any]] = {}
        self.restarts = 0
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._is_ending = False
        self._stop = asyncio.Event()

    async def run(self, seconds: float) -> None:
        """Run until the time is over, or somebody stops it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        tasks = [asyncio.create_task(self._keep_running(site)) for site in self._sites]
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._watch(), seconds)
        self._is_ending = True
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        await asyncio.gather(*tasks)

    async def _watch(self) -> None:
        if self._quiet:
            await self._stop.wait()
            return
        with Live(console=console.messages, auto_refresh=False) as live:
            while not self._stop.is_set():
                live.update(self._shown(), refresh=True)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), 0.5)

    def _shown(self) -> Any:
        """Return the table of both nations."""
        sites = [self.last[name] for name in self._sites if name in self.last]
        words = "  ".join(f"{name}: process {one.pid}" for name, one in self._running.items())
        if not sites:
            return f"starting ... {words}"
        return Group(table(sites), f"[bold]{words}[/]", LOOK)

    async def _keep_running(self, site: str) -> None:
        """Start a site's process, again when it was killed; take in what it says."""
        while True:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "jointsky", "live", str(self._path)),
                *("--site", site, "--json"),
                stdout=subprocess.PIPE,
                start_new_session=True,
                limit=1 << 24,
            )
            self._running[site] = process
            assert process.stdout is not None  # it was asked for
            async for line in process.stdout:
                with contextlib.suppress(ValueError):
                    self.last[site] = json.loads(line)
            code = await process.wait()
            if self._is_ending or code == console.BAD_INPUT:
                return
            self.restarts += 1
            await asyncio.sleep(RESTART_AFTER_S)
            if self._is_ending:
                return
