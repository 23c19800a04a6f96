"""What MLflow loads by its entry points. It is loaded while MLflow itself is being imported: nothing here may import it."""

import sys
from typing import Any, Dict

from .best_effort import best_effort
from .context import context_tags
from .seeds import watch_seeds
from .settings import is_on

_is_installed = False


def _install() -> None:
    """Follows runs once MLflow is loaded: that is when it first asks one of the classes below."""
    global _is_installed
    fluent = sys.modules.get("mlflow.tracking.fluent")
    if _is_installed or not hasattr(fluent, "ActiveRun"):
        return
    _is_installed = True
    from .follow import follow_runs

    best_effort("what runs do")(follow_runs)()


class RunContext:
    """`mlflow.run_context_provider`: tags of a run that starts."""

    def __init__(self) -> None:
        if is_on("context"):
            watch_seeds()

    def in_context(self) -> bool:
        return is_on("context")

    def tags(self) -> Dict[str, str]:
        _install()
        return best_effort("the context of the run", default={})(context_tags)()


class Installer:
    """`mlflow.request_header_provider`: adds no header. A run that is taken up again asks no context, but it asks here."""

    def in_context(self) -> bool:
        if not _is_installed and is_on("context"):
            _install()
        return False

    def request_headers(self) -> Dict[str, Any]:
        return {}
