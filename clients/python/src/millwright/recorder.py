"""What is recorded of one run, from its start to its end."""

import json
import os
import sys
import threading
import time
import traceback
from typing import Any, Dict, Optional

from . import git
from .best_effort import best_effort, warn_once
from .context import context_tags
from .conventions import FILES, SYSTEM_METRIC_PREFIX, TAGS
from .host import host_facts
from .output import OutputPieces, unwatch_output, watch_output
from .packages import installed_packages
from .seeds import known_seeds, seeds_text
from .sending import Sender
from .settings import FLUSH_SECONDS, is_on, number
from .system_metrics import Sampler
from .uploader import Uploader

_TICK_SECONDS = 1.0
# Over less the load of the machine says nothing.
_LEAST_SAMPLED_SECONDS = 0.5


def _growing(elapsed: float, least: float, most: float) -> float:
    """Often while a run is young and somebody looks, seldom when it runs for days."""
    return min(most, max(least, elapsed / 20))


class Recorder:
    def __init__(self, run: Any, uploader: Uploader, is_outermost: bool) -> None:
        self._run_id = run_id = run.info.run_id
        self._started = (run.info.start_time or 0) / 1000
        self._tags: Dict[str, str] = dict(run.data.tags)
        self._uploader = uploader
        self._sender = Sender(run_id)
        self._stop = threading.Event()
        self._seeds = seeds_text() if known_seeds() else ""
        self._output: Optional[OutputPieces] = None
        self._pieces_on_their_way = 0
        self._sampler: Optional[Sampler] = None
        self._ticker: Optional[threading.Thread] = None
        self._begun = time.monotonic()
        # A run that is taken up again keeps what it began with.
        if TAGS["gitDirty"] not in self._tags and TAGS["energy"] not in self._tags:
            self._put("the code and packages of the run", self._send_facts)
        # Of runs within a run, the outer one has what belongs to the process as a whole.
        if is_outermost:
            self._start_watching()

    def _put(self, what: str, job: Any) -> None:
        self._uploader.put(self._run_id, what, job)

    def _start_watching(self) -> None:
        if is_on("output"):
            name = "%013d" % int(time.time() * 1000)
            self._output = OutputPieces(name, self._send_output)
            watch_output(self._output)
        if is_on("system_metrics"):
            self._sampler = best_effort("the load of the machine")(Sampler)()
            if self._sampler and TAGS["energy"] in self._tags:
                best_effort("the energy before")(self._sampler.meter.go_on_from)(json.loads(self._tags[TAGS["energy"]]))
        self._ticker = threading.Thread(target=self._tick, name="millwright-watch", daemon=True)
        self._ticker.start()

    def _send_output(self, path: str, content: bytes) -> None:
        def send() -> None:
            try:
                self._sender.file(path, content)
            finally:
                self._pieces_on_their_way -= 1

        self._pieces_on_their_way += 1
        self._put("the output", send)

    # Each part by itself: what one of them fails at is no reason to lose the others.
    def _send_facts(self) -> None:
        if TAGS["client"] not in self._tags:
            # Made without a context, e.g. by another program that left its training to this one.
            best_effort("the context of the run")(lambda: self._sender.tags(context_tags()))()
        for what, part in (
            ("the difference from the commit", self._send_changes),
            ("the packages", lambda: self._sender.file(FILES["packages"], installed_packages().encode())),
            ("the host", lambda: self._sender.file(FILES["host"], json.dumps(host_facts(), indent=2).encode())),
        ):
            best_effort(what)(part)()

    def _send_changes(self) -> None:
        top, _ = git.commit_facts(git.code_folder())
        found = git.changes(top) if top else None
        if found is None:
            return
        tags = {TAGS["gitDirty"]: "true" if found.is_dirty else "false"}
        if is_on("diff"):
            if found.diff:
                tags[TAGS["gitDiff"]] = "whole" if found.is_whole else "cut"
                self._sender.file(FILES["diff"], found.diff)
            if found.untracked:
                self._sender.file(FILES["untracked"], "".join(name + "\n" for name in found.untracked).encode())
        self._sender.tags(tags)

    def _tick(self) -> None:
        sampled = flushed = time.monotonic()
        while not self._stop.wait(_TICK_SECONDS):
            now = time.monotonic()
            elapsed = now - self._begun
            try:
                self._send_seeds()
                interval = number("MILLWRIGHT_SAMPLING_SECONDS", _growing(elapsed, 2, 15))
                if self._sampler and now - sampled >= interval:
                    sampled = now
                    self._send_sample()
                # While a piece is on its way, more of it would only stand in line.
                is_due = now - flushed >= _growing(elapsed, 2, 30)
                if self._output and is_due and self._pieces_on_their_way <= 0:
                    flushed = now
                    self._output.flush()
            except Exception as error:
                warn_once("what the run does", error)

    def _send_seeds(self) -> None:
        text = seeds_text() if known_seeds() else ""
        if text != self._seeds:
            self._seeds = text
            self._put("the seeds", lambda: self._sender.tags({TAGS["seeds"]: text}))

    def _send_sample(self) -> None:
        assert self._sampler is not None
        found = self._sampler.sample()
        node = os.environ.get("MLFLOW_SYSTEM_METRICS_NODE_ID")
        prefix = SYSTEM_METRIC_PREFIX + (node + "/" if node else "")
        theirs = _names_of_their_monitor(self._run_id)
        metrics = {prefix + name: value for name, value in found.items() if not theirs or not _is_theirs(name)}
        now = time.time()
        # Seconds since the run began: goes on rightly when another process takes the run up again.
        step = max(0, round(now - self._started))
        self._put("the load of the machine", lambda: self._sender.metrics(metrics, step, int(now * 1000)))

    def finish(self) -> None:
        """Sends what is left; waits for it some seconds at most."""
        self._stop.set()
        error = sys.exc_info()
        if self._output:
            if error[0] is not None and error[0] is not SystemExit:
                self._output.write("stderr", "".join(traceback.format_exception(*error)))
            unwatch_output(self._output)
            self._output.flush(is_last=True)
        self._send_seeds()
        if self._sampler:
            if time.monotonic() - self._begun >= _LEAST_SAMPLED_SECONDS:
                self._send_sample()
            report: Dict[str, Any] = self._sampler.meter.report()
            if report["parts"]:
                self._put("the energy", lambda: self._sender.tags({TAGS["energy"]: json.dumps(report)}))
        if not self._uploader.wait(self._run_id, number("MILLWRIGHT_FLUSH_SECONDS", FLUSH_SECONDS)):
            warn_once("the end of the run", TimeoutError("the server takes it too slowly"))


def _names_of_their_monitor(run_id: str) -> bool:
    from mlflow.tracking import fluent

    return run_id in getattr(fluent, "run_id_to_system_metrics_monitor", {})


def _is_theirs(name: str) -> bool:
    """Whether MLflow's own monitor, which is on, logs that name too."""
    return not name.startswith("process_") and name not in ("power_watts", "energy_kilowatt_hours")
