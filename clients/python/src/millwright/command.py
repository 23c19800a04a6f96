"""How the program was started, and where."""

import json
import os
import platform
import sys
from typing import Dict, List, Optional

from .conventions import TAGS
from .masking import mask_arguments

# MLflow's servers take 8,000 characters in a tag; a longer command loses its end.
_MAX_CHARACTERS = 7_500


def _arguments() -> List[str]:
    # `sys.orig_argv` keeps `-m package` and the interpreter's own options; older ones and notebooks have only `sys.argv`.
    original = list(getattr(sys, "orig_argv", []) or [])
    return original if len(original) > 1 else [sys.executable or "python", *sys.argv]


def _relative(path: str, top: Optional[str]) -> str:
    if not top or not os.path.isabs(path):
        return path
    relative = os.path.relpath(os.path.realpath(path), os.path.realpath(top))
    return path if relative.startswith("..") else relative.replace(os.sep, "/")


def command_facts(top: Optional[str]) -> Dict[str, str]:
    interpreter, *rest = _arguments()
    arguments = mask_arguments([os.path.basename(interpreter) or "python", *rest])
    text = json.dumps(arguments, ensure_ascii=False)
    while len(text) > _MAX_CHARACTERS and len(arguments) > 1:
        arguments = [*arguments[: max(1, len(arguments) * 2 // 3)], "…"]
        if len(arguments) <= 2:
            arguments = [argument[:2000] for argument in arguments]
            text = json.dumps(arguments, ensure_ascii=False)
            break
        text = json.dumps(arguments, ensure_ascii=False)
    return {
        TAGS["command"]: text,
        TAGS["workdir"]: _relative(os.getcwd(), top),
        TAGS["python"]: platform.python_version(),
    }
