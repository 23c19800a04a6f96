"""
What the program prints, in pieces of a file each, while it runs. A line is written as Kubernetes writes container logs:
`<time> stdout|stderr F <text>`. Python's own streams are watched where they are, so that logging set up before the run is
seen too; what other programs and C libraries write past Python is not.
"""

import datetime
import os
import sys
import threading
from typing import Any, Callable, Dict, List, Optional

from .conventions import FILES

PIECE_BYTES = 64 * 1024
# Of more, the begin and the end are kept.
MAX_PIECES = 128
MAX_LINE = 8 * 1024

Send = Callable[[str, bytes], None]


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class OutputPieces:
    """Collects text and hands pieces to `send(path, content)`: the last one again as it grows, until it is full."""

    def __init__(self, name: str, send: Send) -> None:
        self._name = name
        self._send = send
        self._lock = threading.Lock()
        self._begun: Dict[str, str] = {"stdout": "", "stderr": ""}
        self._piece: List[bytes] = []
        self._piece_bytes = 0
        self._number = 1
        self._full: List[Any] = []
        self._tail: List[bytes] = []
        self._tail_bytes = 0
        self._left_out = 0
        self._is_changed = False

    def write(self, stream: str, text: str) -> None:
        with self._lock:
            *whole, rest = (self._begun[stream] + text).split("\n")
            for line in whole:
                self._add(stream, line)
            # A progress bar draws over itself: only what stands there counts.
            begun = rest.rpartition("\r")[2] if not rest.endswith("\r") else rest[-MAX_LINE:]
            if len(begun) > MAX_LINE:
                self._add(stream, begun)
                begun = ""
            self._begun[stream] = begun

    def _add(self, stream: str, line: str) -> None:
        shown = line.rstrip("\r").rpartition("\r")[2]
        if len(shown) > MAX_LINE:
            shown = shown[:MAX_LINE] + " …"
        content = ("%s %s F %s\n" % (_now(), stream, shown)).encode("utf-8", "backslashreplace")
        self._is_changed = True
        if self._number > MAX_PIECES:
            self._add_to_tail(content)
            return
        self._piece.append(content)
        self._piece_bytes += len(content)
        if self._piece_bytes >= PIECE_BYTES:
            self._full.append((self._number, b"".join(self._piece)))
            self._piece, self._piece_bytes = [], 0
            self._number += 1

    def _add_to_tail(self, content: bytes) -> None:
        self._tail.append(content)
        self._tail_bytes += len(content)
        while self._tail_bytes > PIECE_BYTES and len(self._tail) > 1:
            gone = self._tail.pop(0)
            self._tail_bytes -= len(gone)
            self._left_out += len(gone)

    def _path(self, piece: str) -> str:
        return "%s%s-%s.log" % (FILES["output"], self._name, piece)

    def flush(self, is_last: bool = False) -> None:
        with self._lock:
            if is_last:
                for stream, text in self._begun.items():
                    if text:
                        self._add(stream, text)
                self._begun = {"stdout": "", "stderr": ""}
            if not self._is_changed:
                return
            self._is_changed = False
            sent = [(self._path("%04d" % number), content) for number, content in self._full]
            self._full = []
            if self._piece:
                sent.append((self._path("%04d" % self._number), b"".join(self._piece)))
            if self._tail:
                note = "%s stderr F [millwright: %d bytes left out here]\n" % (_now(), self._left_out)
                head = note.encode() if self._left_out else b""
                sent.append((self._path("tail"), head + b"".join(self._tail)))
        for path, content in sent:
            self._send(path, content)


class _Watch:
    """Puts itself before `write` of a stream: on the very object, which others may hold."""

    def __init__(self, name: str, stream: Any) -> None:
        self.name = name
        self.stream = stream
        self.original = stream.write
        self.was_replaced = "write" in getattr(stream, "__dict__", {})
        self.process = os.getpid()

    def __call__(self, text: Any) -> Any:
        result = self.original(text)
        # A forked process has no thread that would send what is collected.
        if isinstance(text, str) and os.getpid() == self.process:
            for sink in list(_sinks):
                try:
                    sink.write(self.name, text)
                except Exception:
                    _sinks.remove(sink)
        return result


_lock = threading.Lock()
_sinks: List[OutputPieces] = []
_watches: List[_Watch] = []


def watch_output(sink: OutputPieces) -> None:
    with _lock:
        _sinks.append(sink)
        if _watches:
            return
        for name in ("stdout", "stderr"):
            stream: Optional[Any] = getattr(sys, name, None)
            if stream is not None:
                watch = _Watch(name, stream)
                stream.write = watch
                _watches.append(watch)


def unwatch_output(sink: OutputPieces) -> None:
    with _lock:
        if sink in _sinks:
            _sinks.remove(sink)
        if _sinks:
            return
        for watch in _watches:
            # Somebody else may have put theirs before ours meanwhile: then ours stays and does nothing.
            if getattr(watch.stream, "write", None) is not watch:
                continue
            if watch.was_replaced:
                watch.stream.write = watch.original
            else:
                del watch.stream.write
        _watches.clear()
