"""What can be switched off or bounded, by environment variables read when they are needed."""

import os


def is_on(part: str) -> bool:
    """`MILLWRIGHT_CONTEXT=off` switches all off, `MILLWRIGHT_<PART>=off` one of diff, output, system_metrics."""
    names = ("MILLWRIGHT_CONTEXT", "MILLWRIGHT_" + part.upper())
    return all(os.environ.get(name, "").lower() not in ("off", "0", "false", "no") for name in names)


def number(name: str, default: float) -> float:
    try:
        return float(os.environ[name])
    except (KeyError, ValueError):
        return default


# A larger difference is cut: it is data then rather than code.
MAX_DIFF_BYTES = 2 * 1024 * 1024
MAX_UNTRACKED_NAMES = 10_000
# How long the end of a run waits for what is not sent yet.
FLUSH_SECONDS = 5.0
