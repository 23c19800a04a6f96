"""One thread of the process that sends what runs record, so that training never waits for it."""

import queue
import threading
import time
from typing import Callable, Dict, Optional, Tuple

from .best_effort import warn_once

Job = Tuple[str, str, Callable[[], None]]
# What a server that is away can make pile up in memory.
_MAX_JOBS = 2_000


class Uploader:
    def __init__(self) -> None:
        self._jobs: "queue.Queue[Job]" = queue.Queue(maxsize=_MAX_JOBS)
        self._lock = threading.Lock()
        self._open: Dict[str, int] = {}
        self._thread: Optional[threading.Thread] = None

    def put(self, run_id: str, what: str, job: Callable[[], None]) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="millwright", daemon=True)
                self._thread.start()
            self._open[run_id] = self._open.get(run_id, 0) + 1
        try:
            self._jobs.put_nowait((run_id, what, job))
        except queue.Full as error:
            self._done(run_id)
            warn_once(what, error)

    def is_idle(self, run_id: str) -> bool:
        with self._lock:
            return self._open.get(run_id, 0) == 0

    def wait(self, run_id: str, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self.is_idle(run_id):
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def _done(self, run_id: str) -> None:
        with self._lock:
            left = self._open.get(run_id, 1) - 1
            if left > 0:
                self._open[run_id] = left
            else:
                self._open.pop(run_id, None)

    def _work(self) -> None:
        while True:
            run_id, what, job = self._jobs.get()
            try:
                job()
            except Exception as error:
                warn_once(what, error)
            finally:
                self._done(run_id)
