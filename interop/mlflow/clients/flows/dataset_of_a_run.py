"""A data set version of ours, read by our package; DATASET names one that has two versions."""

import os

import millwright
import mlflow
from names import fresh

name = os.environ["DATASET"]
client = mlflow.MlflowClient()
mlflow.set_experiment(fresh("dataset"))
with mlflow.start_run() as run:
    first = millwright.dataset(name, 1)
    newest = millwright.dataset(name, context="validation")
    assert first.version == 1 and newest.version == 2, (first, newest)
    assert first.pandas()["amount"].tolist() == [1, 2], first.pandas()
    assert len(newest.pandas()) == 3
    # Out of the cache, checked: a file somebody changed there is fetched again.
    with open(first.path, "r+b") as file:
        file.write(b"broken")
    assert millwright.dataset(name, first.version_id).pandas()["amount"].tolist() == [1, 2]
    for wrong, error in ((3, LookupError), ("dsv_00000000000000000000000000", RuntimeError)):
        try:
            millwright.dataset(name, wrong)
        except error:
            continue
        raise AssertionError(wrong)

inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
assert [(one.dataset.name, one.dataset.digest) for one in inputs] == [
    (name, one.digest.removeprefix("sha256:")[:32]) for one in (first, newest)
], inputs
