"""The names of tags and files. `packages/contract/src/run-context.ts` says the same; a test compares them."""

TAGS = {
    "client": "millwright.client",
    "gitCommit": "millwright.git.commit",
    "gitBranch": "millwright.git.branch",
    "gitRepository": "millwright.git.repository",
    "gitDirty": "millwright.git.dirty",
    "gitDiff": "millwright.git.diff",
    "command": "millwright.command",
    "workdir": "millwright.workdir",
    "python": "millwright.python",
    "seeds": "millwright.seeds",
    "energy": "millwright.energy",
}

FILES = {
    "diff": "millwright/diff.patch",
    "untracked": "millwright/untracked.txt",
    "packages": "millwright/packages.txt",
    "host": "millwright/host.json",
    "output": "millwright/output/",
    "tables": "millwright/media/tables/",
    "texts": "millwright/media/texts/",
    "audio": "millwright/media/audio/",
    "confusionMatrices": "millwright/media/confusion-matrices/",
    "curves": "millwright/media/curves/",
    "images": "images/",
}

SYSTEM_METRIC_PREFIX = "system/"
