"""Follows the runs of this process by MLflow's own two places: where a run becomes active, and where it ends."""

import functools
import os
import threading
from typing import Any, Dict

from .best_effort import best_effort
from .recorder import Recorder
from .settings import is_on
from .uploader import Uploader

_lock = threading.Lock()
_recorders: Dict[str, Recorder] = {}
_uploader = Uploader()


@best_effort("the run")
def _started(run: Any) -> None:
    run_id = run.info.run_id
    if not is_on("context"):
        return
    with _lock:
        if run_id in _recorders:
            return
        is_outermost = run.data.tags.get("mlflow.parentRunId") not in _recorders
        _recorders[run_id] = Recorder(run, _uploader, is_outermost)


@best_effort("the end of the run")
def _ends(run_id: str) -> None:
    with _lock:
        recorder = _recorders.pop(run_id, None)
    if recorder:
        recorder.finish()


def _forget() -> None:
    """In a forked process, whose threads are gone: the runs are its parent's."""
    global _lock, _uploader
    _lock = threading.Lock()
    _recorders.clear()
    _uploader = Uploader()


def follow_runs() -> None:
    from mlflow.tracking.client import MlflowClient
    from mlflow.tracking.fluent import ActiveRun

    begin, end = ActiveRun.__init__, MlflowClient.set_terminated

    @functools.wraps(begin)
    def begun(self: Any, run: Any) -> None:
        begin(self, run)
        _started(run)

    @functools.wraps(end)
    def ended(self: Any, run_id: str, *args: Any, **kwargs: Any) -> Any:
        # Before: a run that has ended takes no more on some servers.
        _ends(run_id)
        return end(self, run_id, *args, **kwargs)

    ActiveRun.__init__ = begun
    MlflowClient.set_terminated = ended
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget)
