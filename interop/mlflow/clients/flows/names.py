"""Names that are new on a server that keeps what other flows made."""

import uuid


def fresh(what):
    return f"{what}-{uuid.uuid4().hex[:12]}"
