"""The installed packages, one requirement a line, as `pip install -r` reads them."""

import json
import re
from importlib import metadata
from typing import Dict, Optional

from .masking import strip_credentials

_text: Optional[str] = None


def _requirement(one: "metadata.Distribution", name: str) -> str:
    plain = "%s==%s" % (name, one.version)
    try:
        origin = json.loads(one.read_text("direct_url.json") or "{}")
    except ValueError:
        return plain
    address = strip_credentials(str(origin.get("url", "")))
    commit = origin.get("vcs_info", {}).get("commit_id")
    if commit:
        return "%s @ %s+%s@%s" % (name, origin["vcs_info"].get("vcs", "git"), address, commit)
    if address.startswith("file:"):
        # Nobody else has that folder: the version says more.
        return plain + "  # from a local folder"
    return "%s @ %s" % (name, address) if address else plain


def installed_packages() -> str:
    """Read once in a process; sorted by name."""
    global _text
    if _text is None:
        lines: Dict[str, str] = {}
        for one in metadata.distributions():
            name = one.metadata["Name"] if one.metadata else None
            # Of two on the path, Python imports the first.
            if name and re.sub(r"[-_.]+", "-", name).lower() not in lines:
                lines[re.sub(r"[-_.]+", "-", name).lower()] = _requirement(one, name)
        _text = "".join(line + "\n" for _, line in sorted(lines.items()))
    return _text
