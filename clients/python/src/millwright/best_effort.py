"""Nothing here may break training: what fails is told once, and training goes on."""

import functools
import logging
from typing import Any, Callable, Optional, Set

_logger = logging.getLogger("millwright")
_told: Set[str] = set()


def warn_once(what: str, error: BaseException) -> None:
    if what in _told:
        return
    _told.add(what)
    _logger.warning("%s could not be recorded (%s: %s); training goes on", what, type(error).__name__, error)


def best_effort(what: str, default: Any = None) -> Callable:
    """The result of the function, or `default` with one warning for all failures of this kind."""

    def wrap(function: Callable) -> Callable:
        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Optional[Any]:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                warn_once(what, error)
                return default

        return guarded

    return wrap
