"""What our package makes a plain run record, in a repository with changes; see python-client.interop.ts."""

import json
import os
import subprocess
import sys
import tempfile

import mlflow
import numpy as np

secret = "hunter2hunter2"
folder = tempfile.mkdtemp(prefix="millwright-flow-")
client = mlflow.MlflowClient()


def git(*arguments):
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=trunk"]
    return subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def text_of(run_id, path):
    with tempfile.TemporaryDirectory() as place:
        with open(client.download_artifacts(run_id, path, place), encoding="utf-8") as file:
            return file.read()


def files_of(run_id, path=None):
    for one in client.list_artifacts(run_id, path):
        yield from files_of(run_id, one.path) if one.is_dir else [one.path]


def output_of(run_id):
    return "".join(text_of(run_id, path) for path in sorted(files_of(run_id, "millwright/output")))


def written(name, content):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


# A program as people have one: it knows nothing of our package.
program = """
import json, logging, random, sys, time
import mlflow, numpy as np
from names import fresh

# Set up before the run: it holds the stream itself.
logging.basicConfig(level=logging.WARNING)
client = mlflow.MlflowClient()
mlflow.set_experiment(fresh("context"))
np.random.seed(11)


def eventually(what):
    until = time.time() + 60
    while not what():
        assert time.time() < until, what
        time.sleep(0.2)


with mlflow.start_run() as run:
    run_id = run.info.run_id
    print("epoch 1 of 2")
    logging.warning("said by a logger")
    sys.stderr.write("\\r10 %\\r50 %\\r100 %\\n")
    random.seed(3)
    # Both come while the run goes on.
    eventually(lambda: client.list_artifacts(run_id, "millwright/output"))
    eventually(lambda: "system/energy_kilowatt_hours" in client.get_run(run_id).data.metrics)
    with mlflow.start_run(nested=True) as inner:
        print("inside")
    print("no end of line", end="")
try:
    with mlflow.start_run() as failed:
        raise ValueError("the loss is no number")
except ValueError:
    pass
# Taken up again: goes on beside what is there.
with mlflow.start_run(run_id=run_id):
    print("taken up again")
with open("runs.json", "w") as file:
    json.dump([run_id, inner.info.run_id, failed.info.run_id], file)
"""
os.makedirs(os.path.join(folder, "src"))
written("model.py", "depth = 3\n")
written("src/train.py", program)
written(".gitignore", "runs.json\n__pycache__\n")
git("init", "-q")
git("add", ".")
git("commit", "-q", "-m", "first")
git("remote", "add", "origin", f"https://ada:{secret}@git.example.org/team/risk.git")
commit = git("rev-parse", "HEAD")
written("model.py", "depth = 5\n")
written("scratch.txt", "not in git\n")

arguments = ["train.py", "--lr", "0.1", "--api-key", secret, f"--password={secret}", "--max-tokens=7"]
paths = os.pathsep.join(path for path in (os.environ.get("PYTHONPATH"), os.path.dirname(os.path.abspath(__file__))) if path)
environment = {**os.environ, "PYTHONPATH": paths, "MILLWRIGHT_SAMPLING_SECONDS": "1", "FLOW_SECRET": secret}
subprocess.run([sys.executable, *arguments], cwd=os.path.join(folder, "src"), env=environment, check=True)
with open(os.path.join(folder, "src", "runs.json"), encoding="utf-8") as file:
    run_id, inner_id, failed_id = json.load(file)

tags = client.get_run(run_id).data.tags
assert tags["millwright.git.commit"] == commit == tags["mlflow.source.git.commit"], tags
assert tags["millwright.git.branch"] == "trunk", tags
assert tags["millwright.git.repository"] == "https://git.example.org/team/risk.git", tags
assert tags["millwright.git.dirty"] == "true" and tags["millwright.git.diff"] == "whole", tags
shown = ["train.py", "--lr", "0.1", "--api-key", "***", "--password=***", "--max-tokens=7"]
assert json.loads(tags["millwright.command"])[1:] == shown, tags
assert tags["millwright.workdir"] == "src", tags
assert tags["millwright.python"] == "%d.%d.%d" % sys.version_info[:3], tags
seeds = json.loads(tags["millwright.seeds"])
assert seeds["numpy"] == 11 and seeds["random"] == 3, seeds

# The difference is one that git takes back.
diff = text_of(run_id, "millwright/diff.patch")
assert "-depth = 3" in diff and "+depth = 5" in diff, diff
undone = subprocess.run(["git", "apply", "--check", "--reverse", "-"], cwd=folder, input=diff, text=True, check=False)
assert undone.returncode == 0
assert text_of(run_id, "millwright/untracked.txt") == "scratch.txt\n"

packages = text_of(run_id, "millwright/packages.txt").splitlines()
assert f"mlflow=={mlflow.__version__}" in packages and f"numpy=={np.__version__}" in packages, packages
host = json.loads(text_of(run_id, "millwright/host.json"))
assert host["cpu"]["count"] >= 1 and host["memoryBytes"] > 0 and host["runtime"].startswith("CPython"), host

output = output_of(run_id)
lines = [line.split(" ", 3) for line in output.splitlines()]
assert [(stream, text) for _, stream, _, text in lines if "mlflow" not in text and "View" not in text] == [
    ("stdout", "epoch 1 of 2"),
    ("stderr", "WARNING:root:said by a logger"),
    ("stderr", "100 %"),
    ("stdout", "inside"),
    ("stdout", "no end of line"),
    ("stdout", "taken up again"),
], output

metrics = client.get_run(run_id).data.metrics
# By the names MLflow's own monitor uses.
for name in ("cpu_utilization_percentage", "system_memory_usage_megabytes", "disk_usage_percentage"):
    assert "system/" + name in metrics, metrics
energy = json.loads(tags["millwright.energy"])
assert energy["kilowattHours"] > 0, energy
assert all(part["method"] in ("measured", "estimated") and part["source"] for part in energy["parts"]), energy

# A run within it knows its code, and leaves what belongs to the process to the outer one.
child = client.get_run(inner_id)
assert child.data.tags["millwright.git.commit"] == commit
assert "millwright/diff.patch" in set(files_of(inner_id))
assert not any("output" in path for path in files_of(inner_id)) and not child.data.metrics

# What ended it badly is in its output.
assert "ValueError: the loss is no number" in output_of(failed_id)

# Nothing of it has the secret, which stood in the command, the address and the environment.
for path in files_of(run_id):
    assert secret not in text_of(run_id, path), path
assert all(secret not in value for value in tags.values())
