"""Reading the small files in which Linux tells about itself."""

from typing import List, Optional


def read_text(path: str) -> Optional[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return None


def read_number(path: str) -> Optional[int]:
    """None where there is none, or where it says `max`."""
    text = (read_text(path) or "").strip()
    return int(text) if text.isdigit() else None


def fields_of(path: str, key: str) -> List[str]:
    """The words after the key on the first line that begins with it."""
    for line in (read_text(path) or "").splitlines():
        words = line.replace(":", " ", 1).split()
        if words and words[0] == key:
            return words[1:]
    return []
