"""What a container may use, and what it used; both versions of Linux control groups."""

import os
from typing import Optional

from .files import fields_of, read_number, read_text

_ROOT = "/sys/fs/cgroup"


def _folder(controller: str) -> str:
    """Of this process. Inside a container its own group usually is the root of what it sees."""
    for line in (read_text("/proc/self/cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        is_unified = number == "0" and names == ""
        base = _ROOT if is_unified else os.path.join(_ROOT, controller)
        if (is_unified and os.path.exists(_ROOT + "/cgroup.controllers")) or controller in names.split(","):
            own = os.path.join(base, path.strip().lstrip("/"))
            return own if os.path.isdir(own) else base
    return _ROOT


def cpu_limit() -> Optional[float]:
    """In CPUs; None: no limit but the machine's."""
    folder = _folder("cpu")
    words = (read_text(folder + "/cpu.max") or "").split()
    if len(words) == 2 and words[0].isdigit():
        return int(words[0]) / int(words[1])
    quota, period = read_number(folder + "/cpu.cfs_quota_us"), read_number(folder + "/cpu.cfs_period_us")
    return quota / period if quota and period else None


def cpu_seconds() -> Optional[float]:
    used = fields_of(_folder("cpu") + "/cpu.stat", "usage_usec")
    if used:
        return int(used[0]) / 1e6
    nanoseconds = read_number(_folder("cpuacct") + "/cpuacct.usage")
    return None if nanoseconds is None else nanoseconds / 1e9


def memory_limit(total: Optional[int]) -> Optional[int]:
    folder = _folder("memory")
    limit = read_number(folder + "/memory.max")
    if limit is None:
        limit = read_number(folder + "/memory.limit_in_bytes")
    # Without a limit the older version says a number beyond any machine.
    return None if limit is None or (total is not None and limit >= total) else limit


def memory_used() -> Optional[int]:
    folder = _folder("memory")
    used = read_number(folder + "/memory.current")
    if used is None:
        used = read_number(folder + "/memory.usage_in_bytes")
    # Cached files are given back when they are needed.
    cached = fields_of(folder + "/memory.stat", "inactive_file") or fields_of(folder + "/memory.stat", "total_inactive_file")
    return None if used is None else max(0, used - (int(cached[0]) if cached else 0))
