"""The machine a run is on."""

import os
import platform
import socket
from typing import Any, Dict, Optional

from .cgroup import cpu_limit, memory_limit
from .files import fields_of, read_text
from .gpu import read_gpus


def cpu_count() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def memory_bytes() -> Optional[int]:
    words = fields_of("/proc/meminfo", "MemTotal")
    if words:
        return int(words[0]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _cpu_model() -> str:
    for line in (read_text("/proc/cpuinfo") or "").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.processor() or platform.machine()


def _os_name() -> str:
    for line in (read_text("/etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return "%s (%s %s)" % (line[12:].strip('"'), platform.system(), platform.release())
    return platform.platform()


def host_facts() -> Dict[str, Any]:
    """As `RunHost` of the contract."""
    total = memory_bytes()
    return {
        "hostname": socket.gethostname(),
        "os": _os_name(),
        "architecture": platform.machine(),
        "runtime": "%s %s" % (platform.python_implementation(), platform.python_version()),
        "cpu": {"model": _cpu_model(), "count": cpu_count(), "limit": cpu_limit()},
        "memoryBytes": total,
        "memoryLimitBytes": memory_limit(total),
        "gpus": [{"name": gpu.name, "memoryBytes": gpu.memory_total_bytes, "driver": gpu.driver} for gpu in read_gpus()],
    }
