"""What the working folder differs by from which commit of which repository."""

import os
import subprocess
import sys
import time
from typing import Dict, List, NamedTuple, Optional, Tuple

from .conventions import TAGS
from .masking import strip_credentials
from .settings import MAX_DIFF_BYTES, MAX_UNTRACKED_NAMES

_SECONDS = 20
_KEPT_SECONDS = 5.0


class Changes(NamedTuple):
    is_dirty: bool
    diff: bytes
    is_whole: bool
    untracked: List[str]


def _git(folder: str, *arguments: str, limit: Optional[int] = None) -> Optional[bytes]:
    """None where git fails or is missing; with a limit, one byte more than that at most."""
    # No hook, pager, prompt, colour or external diff program: the output is read by programs.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    environment.pop("GIT_EXTERNAL_DIFF", None)
    try:
        process = subprocess.Popen(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    with process:
        if limit is None:
            try:
                output, _ = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                return None
            return output if process.returncode == 0 else None
        assert process.stdout is not None
        output = process.stdout.read(limit + 1)
        if len(output) > limit:
            process.kill()
            return output
    return output if process.returncode == 0 else None


def _line(folder: str, *arguments: str) -> str:
    return (_git(folder, *arguments) or b"").decode("utf-8", "replace").strip()


def code_folder() -> str:
    """Of the program that runs, where it is in a repository; else the working folder (notebooks, installed programs)."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    folder = os.path.dirname(os.path.realpath(main)) if main else ""
    return folder if folder and os.path.isdir(folder) and commit_facts(folder)[0] else os.getcwd()


_known: Dict[str, Tuple[float, str, Dict[str, str]]] = {}


def commit_facts(folder: str) -> Tuple[Optional[str], Dict[str, str]]:
    """The top of the repository, and the tags for commit, branch and address; kept for some seconds."""
    known = _known.get(folder)
    if known and time.monotonic() - known[0] < _KEPT_SECONDS:
        return known[1] or None, dict(known[2])
    top = _line(folder, "rev-parse", "--show-toplevel")
    tags: Dict[str, str] = {}
    if top:
        commit = _line(folder, "rev-parse", "--verify", "-q", "HEAD")
        # Without a branch (a detached head) there is no name to tell.
        branch = _line(folder, "symbolic-ref", "-q", "--short", "HEAD")
        remote = _line(folder, "remote", "get-url", "origin")
        for key, value in (("gitCommit", commit), ("gitBranch", branch), ("gitRepository", strip_credentials(remote))):
            if value:
                tags[TAGS[key]] = value
    _known[folder] = (time.monotonic(), top, tags)
    return top or None, dict(tags)


def changes(top: str) -> Optional[Changes]:
    """Differences from the commit, staged or not, and the names of untracked files. None: git did not answer."""
    options = ("-c", "core.quotePath=false", "-c", "diff.external=")
    names = _git(top, *options, "ls-files", "--others", "--exclude-standard", "-z", limit=4 * MAX_DIFF_BYTES)
    if names is None:
        return None
    base = "HEAD" if _git(top, "rev-parse", "--verify", "-q", "HEAD") else _line(top, "hash-object", "-t", "tree", "/dev/null")
    shape = ("--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--binary", "--submodule=short")
    diff = _git(top, *options, "diff", *shape, base, "--", limit=MAX_DIFF_BYTES)
    if diff is None:
        return None
    untracked = [name for name in names.decode("utf-8", "replace").split("\0") if name][:MAX_UNTRACKED_NAMES]
    is_whole = len(diff) <= MAX_DIFF_BYTES
    if not is_whole:
        # A piece that ends in the middle of a line would be read as another change.
        diff = diff[: diff.rfind(b"\n", 0, MAX_DIFF_BYTES) + 1]
    return Changes(bool(diff) or bool(untracked), diff, is_whole, untracked)
