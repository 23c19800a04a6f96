"""Arguments that look like secrets, and addresses with a password in them, leave this machine without them."""

import re
from typing import List, Sequence
from urllib.parse import urlsplit, urlunsplit

MASK = "***"

_secret_name = re.compile(
    r"(?:^|[^a-z])(?:pass(?:word|wd|phrase)?|pwd|secrets?|tokens?|credentials?|auth|bearer|cookie"
    r"|(?:api|access|private|secret|signing|encryption|account)[-_.]?key(?:[-_.]?id)?)(?:$|[^a-z])",
    re.IGNORECASE,
)
# Of well-known services, JSON web tokens, and Millwright itself.
_secret_value = re.compile(
    r"(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_[A-Za-z0-9]{20,}"
    r"|xox[abprs]-[\w-]{10,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|mw_[\w-]{16,}"
)
_address = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+")


def _is_secret_name(name: str) -> bool:
    # `maxTokens` and `max_tokens` are numbers, `apiKey` is a key: words are told apart first.
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name)
    return bool(_secret_name.search(spaced)) and not re.search(r"(?:max|min|num|n|per|vocab)[-_.]tokens?$", spaced, re.I)


def strip_credentials(address: str) -> str:
    """The address without user, password, query and fragment; `git@host:path` names no secret and stays."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if ":" in host:
            host = "[" + host + "]"
        port = "" if parts.port is None else ":%d" % parts.port
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, host + port, parts.path, "", ""))


def _mask_value(text: str) -> str:
    text = _secret_value.sub(MASK, text)

    def plain(match: "re.Match[str]") -> str:
        parts = match.group(0)
        return strip_credentials(parts) if "@" in parts or "?" in parts else parts

    return _address.sub(plain, text)


def mask_arguments(arguments: Sequence[str]) -> List[str]:
    """`--token x`, `--token=x`, `password=x` and values shaped like keys become `***`."""
    masked: List[str] = []
    hides_next = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if hides_next and not argument.startswith("-"):
            masked.append(MASK)
            hides_next = False
            continue
        hides_next = False
        if equals and _is_secret_name(name):
            masked.append(name + "=" + MASK)
            continue
        if argument.startswith("-") and not equals and _is_secret_name(argument):
            hides_next = True
        masked.append(_mask_value(argument))
    return masked
