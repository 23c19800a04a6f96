"""Seeds: set by `millwright.seed`, or seen where the program sets them itself."""

import functools
import json
import os
import sys
from typing import Any, Callable, Dict, Union

from .best_effort import best_effort

Seed = Union[int, str]
_seen: Dict[str, Seed] = {}


def _note(source: str, value: Any) -> None:
    try:
        _seen[source] = int(value)
    except (TypeError, ValueError, OverflowError):
        if isinstance(value, (str, bytes)):
            _seen[source] = str(value)[:100]


def known_seeds() -> Dict[str, Seed]:
    found = dict(_seen)
    hash_seed = os.environ.get("PYTHONHASHSEED", "")
    if hash_seed.isdigit():
        found["PYTHONHASHSEED"] = int(hash_seed)
    return found


def seeds_text() -> str:
    return json.dumps(known_seeds(), sort_keys=True)


def _watch(module: Any, name: str, source: str, first_only: bool = False) -> None:
    original = getattr(module, name, None)
    if original is None or getattr(original, "_millwright", False):
        return

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        value = args[0] if args else kwargs.get("seed", kwargs.get("a"))
        if value is not None and not (first_only and source in _seen):
            _note(source, value)
        return original(*args, **kwargs)

    watched._millwright = True  # type: ignore[attr-defined]
    setattr(module, name, watched)


def _watch_numpy(module: Any) -> None:
    _watch(module.random, "seed", "numpy")
    # Libraries call it with seeds of their own later: the first is the program's.
    _watch(module.random, "default_rng", "numpy.default_rng", first_only=True)


def _watch_torch(module: Any) -> None:
    _watch(module, "manual_seed", "torch")


def _watch_tensorflow(module: Any) -> None:
    _watch(module.random, "set_seed", "tensorflow")


@best_effort("seeds")
def watch_seeds() -> None:
    """Wraps the functions that seed, of modules that are loaded and of those that will be."""
    import random

    _watch(random, "seed", "random")
    _when_imported("numpy", _watch_numpy)
    _when_imported("torch", _watch_torch)
    _when_imported("tensorflow", _watch_tensorflow)


def _when_imported(name: str, then: Callable[[Any], None]) -> None:
    guarded = best_effort("seeds of " + name)(then)
    module = sys.modules.get(name)
    if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
        guarded(module)
        return
    # MLflow's own mechanism for autologging.
    from mlflow.utils.import_hooks import register_post_import_hook

    register_post_import_hook(guarded, name, overwrite=False)


def seed(value: int) -> int:
    """
    Seeds `random`, NumPy, PyTorch (with CUDA) and TensorFlow, those imported later as soon as they are, and records it.
    The order of sets needs `PYTHONHASHSEED` in the environment before Python starts; it is recorded where it is set.
    """
    import random

    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**32:
        raise ValueError("A seed is a whole number from 0 to 4294967295, got %r" % (value,))
    random.seed(value)
    _seen["random"] = value

    def numpy(module: Any) -> None:
        module.random.seed(value)
        _seen["numpy"] = value

    def torch(module: Any) -> None:
        module.manual_seed(value)
        _seen["torch"] = value

    def tensorflow(module: Any) -> None:
        module.random.set_seed(value)
        _seen["tensorflow"] = value

    for name, then in (("numpy", numpy), ("torch", torch), ("tensorflow", tensorflow)):
        _when_imported(name, then)
    return value
