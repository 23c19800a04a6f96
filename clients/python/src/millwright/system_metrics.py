"""Load of the machine, under the names MLflow's own monitor uses, and its energy."""

import os
import shutil
import time
from typing import Dict, Optional, Tuple

from .cgroup import cpu_limit, cpu_seconds, memory_limit, memory_used
from .energy import EnergyMeter
from .files import fields_of, read_text
from .gpu import read_gpus
from .host import cpu_count, memory_bytes

MEGA = 1e6


def _machine_cpu() -> Optional[Tuple[float, float]]:
    """Busy and all ticks of all CPUs since the machine started."""
    words = fields_of("/proc/stat", "cpu")
    if len(words) < 4:
        return None
    ticks = [int(word) for word in words[:8]]
    idle = ticks[3] + (ticks[4] if len(ticks) > 4 else 0)
    return sum(ticks) - idle, sum(ticks)


def _machine_memory_used() -> Optional[int]:
    total, available = fields_of("/proc/meminfo", "MemTotal"), fields_of("/proc/meminfo", "MemAvailable")
    return (int(total[0]) - int(available[0])) * 1024 if total and available else None


def _network() -> Optional[Tuple[int, int]]:
    """Bytes received and sent, without the loop-back."""
    lines = (read_text("/proc/net/dev") or "").splitlines()[2:]
    rows = [(name.strip(), words.split()) for name, _, words in (line.partition(":") for line in lines)]
    real = [words for name, words in rows if name != "lo" and len(words) > 8]
    return (sum(int(words[0]) for words in real), sum(int(words[8]) for words in real)) if lines else None


def _process_memory() -> Optional[int]:
    words = fields_of("/proc/self/status", "VmRSS")
    return int(words[0]) * 1024 if words else None


class Sampler:
    """Each reading is over the time since the one before. What cannot be read is left out."""

    def __init__(self) -> None:
        total = memory_bytes()
        limit = memory_limit(total)
        quota = cpu_limit()
        self._cpus = quota or float(cpu_count())
        self._is_limited_cpu = quota is not None and cpu_seconds() is not None
        self._is_limited_memory = limit is not None
        self._memory = limit or total
        self.meter = EnergyMeter(self._cpus, self._memory)
        self._network = _network()
        self._at = time.monotonic()
        self._used = self._cpu_reading()
        self._process = time.process_time()

    def _cpu_reading(self) -> Optional[Tuple[float, float]]:
        if self._is_limited_cpu:
            return cpu_seconds() or 0.0, time.monotonic() * self._cpus
        return _machine_cpu()

    def _load(self) -> Optional[float]:
        now = self._cpu_reading()
        before, self._used = self._used, now
        if now is None or before is None or now[1] <= before[1]:
            return None
        return min(1.0, max(0.0, (now[0] - before[0]) / (now[1] - before[1])))

    def sample(self) -> Dict[str, float]:
        now = time.monotonic()
        seconds, self._at = now - self._at, now
        if seconds <= 0:
            return {}
        found: Dict[str, float] = {}
        load = self._load()
        if load is not None:
            found["cpu_utilization_percentage"] = load * 100
        process, self._process = self._process, time.process_time()
        found["process_cpu_utilization_percentage"] = (self._process - process) / seconds / self._cpus * 100
        self._memory_metrics(found)
        self._disk_metrics(found)
        network = _network()
        if network and self._network:
            found["network_receive_megabytes"] = (network[0] - self._network[0]) / MEGA
            found["network_transmit_megabytes"] = (network[1] - self._network[1]) / MEGA
        gpu_watts = self._gpu_metrics(found)
        watts = self.meter.add(seconds, load, gpu_watts)
        rounded = {key: round(value, 1) for key, value in found.items()}
        rounded["power_watts"] = round(watts, 2)
        rounded["energy_kilowatt_hours"] = float("%.6g" % self.meter.kilowatt_hours)
        return rounded

    def _memory_metrics(self, found: Dict[str, float]) -> None:
        used = memory_used() if self._is_limited_memory else _machine_memory_used()
        if used is not None:
            found["system_memory_usage_megabytes"] = used / MEGA
            if self._memory:
                found["system_memory_usage_percentage"] = used / self._memory * 100
        process = _process_memory()
        if process is not None:
            found["process_memory_megabytes"] = process / MEGA

    def _disk_metrics(self, found: Dict[str, float]) -> None:
        disk = shutil.disk_usage(os.sep)
        found["disk_usage_percentage"] = disk.used / max(1, disk.used + disk.free) * 100
        found["disk_usage_megabytes"] = disk.used / MEGA
        found["disk_available_megabytes"] = disk.free / MEGA

    def _gpu_metrics(self, found: Dict[str, float]) -> Optional[float]:
        watts: Optional[float] = None
        for index, gpu in enumerate(read_gpus()):
            name = "gpu_%d_" % index
            if gpu.memory_used_bytes is not None:
                found[name + "memory_usage_megabytes"] = gpu.memory_used_bytes / MEGA
                if gpu.memory_total_bytes:
                    found[name + "memory_usage_percentage"] = gpu.memory_used_bytes / gpu.memory_total_bytes * 100
            if gpu.utilization_percentage is not None:
                found[name + "utilization_percentage"] = gpu.utilization_percentage
            if gpu.power_watts is not None:
                watts = (watts or 0.0) + gpu.power_watts
                found[name + "power_usage_watts"] = gpu.power_watts
                if gpu.power_limit_watts:
                    found[name + "power_usage_percentage"] = gpu.power_watts / gpu.power_limit_watts * 100
        return watts
