"""
Energy in kilowatt-hours: counted by the processor (RAPL) and the GPUs where they tell, estimated otherwise. Each part says
which, and how. It is the energy of the machine, or of the container's share of it, while the run goes on.
"""

import glob
import os
from typing import Any, Dict, List, Optional

from .files import read_number, read_text
from .settings import number

JOULES_PER_KILOWATT_HOUR = 3_600_000.0

# Cloud Carbon Footprint, https://www.cloudcarbonfootprint.org/docs/methodology/, "Appendix I: Energy Coefficients", AWS:
# watts of a virtual CPU at 0 % and at 100 % load, averages of SPECpower_ssj2008 over the processors in use there, and
# 0.000392 kWh per gigabyte-hour of memory (under "Memory": the mean of Crucial's 0.375 and Micron's 0.4083 W/GB).
# SPECpower measures whole servers, some memory among it: with all of the memory added, as that page does for Google
# Cloud, the sum of the two estimates is rather too high than too low.
IDLE_WATTS_PER_CPU = 0.74
FULL_WATTS_PER_CPU = 3.5
WATTS_PER_GIGABYTE = 0.392

_POWERCAP = "/sys/class/powercap"


class RaplDomain:
    """A counter of microjoules that starts over at its maximum."""

    def __init__(self, folder: str, part: str) -> None:
        self.part = part
        self.source = folder
        self._maximum = read_number(folder + "/max_energy_range_uj") or 0
        self._last = read_number(folder + "/energy_uj")

    @property
    def is_readable(self) -> bool:
        return self._last is not None

    def joules_since(self) -> float:
        now = read_number(self.source + "/energy_uj")
        if now is None or self._last is None:
            return 0.0
        used = now - self._last if now >= self._last else now - self._last + self._maximum
        self._last = now
        return max(0, used) / 1e6


def rapl_domains(root: str = _POWERCAP) -> List[RaplDomain]:
    """Packages, and their memory: `psys` and `core` count what packages count already."""
    found = []
    for folder in sorted(glob.glob(os.path.join(root, "*-rapl:*"))):
        name = (read_text(folder + "/name") or "").strip()
        part = "cpu" if name.startswith("package") else "memory" if name == "dram" else None
        if part:
            domain = RaplDomain(folder, part)
            if domain.is_readable:
                found.append(domain)
    return found


class EnergyMeter:
    def __init__(self, cpus: float, memory_bytes: Optional[float], root: str = _POWERCAP) -> None:
        self._cpus = cpus
        self._gigabytes = (memory_bytes or 0.0) / 1e9
        self._tdp = number("MILLWRIGHT_CPU_TDP_WATTS", 0.0)
        self._domains = rapl_domains(root)
        self._joules: Dict[str, float] = {}
        self._sources: Dict[str, str] = {}
        self._methods: Dict[str, str] = {}
        self._seconds = 0.0

    def go_on_from(self, report: Dict[str, Any]) -> None:
        """Of a run that is taken up again: what was counted before stays counted."""
        self._seconds += float(report["seconds"])
        for part in report["parts"]:
            joules = float(part["kilowattHours"]) * JOULES_PER_KILOWATT_HOUR
            self._add(str(part["part"]), joules, str(part["method"]), str(part["source"]))

    def _add(self, part: str, joules: float, method: str, source: str) -> None:
        self._joules[part] = self._joules.get(part, 0.0) + joules
        self._methods[part] = method
        self._sources[part] = source

    def _estimated_cpu_watts(self, load: float) -> float:
        if self._tdp > 0:
            return self._tdp * load
        return self._cpus * (IDLE_WATTS_PER_CPU + (FULL_WATTS_PER_CPU - IDLE_WATTS_PER_CPU) * load)

    def _cpu_formula(self) -> str:
        if self._tdp > 0:
            return "%g W (MILLWRIGHT_CPU_TDP_WATTS) x load" % self._tdp
        return "%g CPUs x (%g W + %g W x load), averages of Cloud Carbon Footprint" % (
            round(self._cpus, 2),
            IDLE_WATTS_PER_CPU,
            round(FULL_WATTS_PER_CPU - IDLE_WATTS_PER_CPU, 2),
        )

    def add(self, seconds: float, load: Optional[float], gpu_watts: Optional[float]) -> float:
        """
        Counts an interval with that load of the CPUs (0 to 1) and power of the GPUs; answers the watts of all parts.
        """
        before = sum(self._joules.values())
        self._seconds += seconds
        measured: Dict[str, List[RaplDomain]] = {}
        for domain in self._domains:
            measured.setdefault(domain.part, []).append(domain)
        for part, domains in measured.items():
            joules = sum(domain.joules_since() for domain in domains)
            self._add(part, joules, "measured", "RAPL: " + ", ".join(domain.source for domain in domains))
        if "cpu" not in measured and load is not None:
            self._add("cpu", self._estimated_cpu_watts(load) * seconds, "estimated", self._cpu_formula())
        if "memory" not in measured and self._gigabytes > 0:
            source = "%g GB x %g W, average of Cloud Carbon Footprint" % (round(self._gigabytes, 1), WATTS_PER_GIGABYTE)
            self._add("memory", self._gigabytes * WATTS_PER_GIGABYTE * seconds, "estimated", source)
        if gpu_watts is not None:
            self._add("gpu", gpu_watts * seconds, "measured", "power the NVIDIA driver reports, times the interval")
        return (sum(self._joules.values()) - before) / seconds if seconds > 0 else 0.0

    @property
    def kilowatt_hours(self) -> float:
        return sum(self._joules.values()) / JOULES_PER_KILOWATT_HOUR

    def report(self) -> Dict[str, Any]:
        """As `RunEnergy` of the contract."""
        return {
            "kilowattHours": float("%.6g" % self.kilowatt_hours),
            "seconds": round(self._seconds, 1),
            "parts": [
                {
                    "part": part,
                    "kilowattHours": float("%.6g" % (joules / JOULES_PER_KILOWATT_HOUR)),
                    "method": self._methods[part],
                    "source": self._sources[part],
                }
                for part, joules in sorted(self._joules.items())
            ],
        }
