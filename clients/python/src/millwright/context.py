"""What is known at once when a run starts; the rest follows while it runs."""

from typing import Dict

from .command import command_facts
from .conventions import TAGS
from .git import code_folder, commit_facts
from .seeds import known_seeds, seeds_text
from .version import __version__


def context_tags() -> Dict[str, str]:
    top, tags = commit_facts(code_folder())
    tags.update(command_facts(top))
    tags[TAGS["client"]] = __version__
    if known_seeds():
        tags[TAGS["seeds"]] = seeds_text()
    return tags
