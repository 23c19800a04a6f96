"""NVIDIA's GPUs: by NVML where its Python package is installed, by `nvidia-smi` otherwise."""

import shutil
import subprocess
import threading
from typing import List, NamedTuple, Optional

_FIELDS = "name,driver_version,memory.total,memory.used,utilization.gpu,power.draw,enforced.power.limit"


class Gpu(NamedTuple):
    name: str
    driver: Optional[str]
    memory_total_bytes: Optional[float]
    memory_used_bytes: Optional[float]
    utilization_percentage: Optional[float]
    power_watts: Optional[float]
    power_limit_watts: Optional[float]


def _by_nvml() -> Optional[List[Gpu]]:
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:
        return None

    def asked(function, *arguments):
        try:
            return function(*arguments)
        except pynvml.NVMLError:
            return None

    def words(value):
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def milli(value):
        return None if value is None else value / 1000

    found = []
    for index in range(pynvml.nvmlDeviceGetCount()):
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
        memory = asked(pynvml.nvmlDeviceGetMemoryInfo, handle)
        load = asked(pynvml.nvmlDeviceGetUtilizationRates, handle)
        found.append(
            Gpu(
                words(asked(pynvml.nvmlDeviceGetName, handle)) or "GPU",
                words(asked(pynvml.nvmlSystemGetDriverVersion)),
                memory and memory.total,
                memory and memory.used,
                None if load is None else float(load.gpu),
                milli(asked(pynvml.nvmlDeviceGetPowerUsage, handle)),
                milli(asked(pynvml.nvmlDeviceGetEnforcedPowerLimit, handle)),
            )
        )
    return found


def parse_smi(text: str) -> List[Gpu]:
    """Lines of `nvidia-smi --query-gpu=... --format=csv,noheader,nounits`; `[N/A]` is None."""

    def number(word: str, factor: float = 1.0) -> Optional[float]:
        try:
            return float(word) * factor
        except ValueError:
            return None

    found = []
    for line in text.splitlines():
        words = [word.strip() for word in line.split(",")]
        if len(words) == 7:
            mebi = 1024.0 * 1024.0
            found.append(
                Gpu(
                    words[0],
                    words[1],
                    number(words[2], mebi),
                    number(words[3], mebi),
                    number(words[4]),
                    number(words[5]),
                    number(words[6]),
                )
            )
    return found


def _by_smi(program: str) -> List[Gpu]:
    command = [program, "--query-gpu=" + _FIELDS, "--format=csv,noheader,nounits"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=5, check=False)
    return parse_smi(done.stdout) if done.returncode == 0 else []


_lock = threading.Lock()
_absent = False


def read_gpus() -> List[Gpu]:
    """Empty where there are none; a machine without any is not asked again."""
    global _absent
    with _lock:
        if _absent:
            return []
        found = _by_nvml()
        if found is None:
            program = shutil.which("nvidia-smi")
            found = _by_smi(program) if program else []
        _absent = not found
        return found
