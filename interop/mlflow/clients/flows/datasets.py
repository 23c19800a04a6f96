"""Data sets: from pandas and numpy, with their context, digest and schema; found again by search."""

import mlflow
import numpy as np
import pandas as pd
from names import fresh

experiment = mlflow.set_experiment(fresh("datasets"))
frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "label": [0, 1, 0]})
training = mlflow.data.from_pandas(frame, source="https://data.example/points.csv", name="points", targets="label")
test = mlflow.data.from_numpy(np.arange(6.0).reshape(3, 2), name="grid")

with mlflow.start_run() as run:
    mlflow.log_input(training, context="training", tags={"split": "a"})
    mlflow.log_input(test, context="test")
    mlflow.log_input(training, context="training")

inputs = {one.dataset.name: one for one in mlflow.get_run(run.info.run_id).inputs.dataset_inputs}
assert set(inputs) == {"points", "grid"}, inputs
points = inputs["points"]
assert points.dataset.digest == training.digest
assert {tag.key: tag.value for tag in points.tags}["mlflow.data.context"] == "training", points.tags
assert "mlflow_colspec" in points.dataset.schema and '"num_rows": 3' in points.dataset.profile
assert mlflow.data.get_source(points).to_dict()["url"].endswith("points.csv")

for filter_string, count in [
    ("dataset.name = 'points'", 1),
    (f"dataset.digest = '{test.digest}'", 1),
    ("dataset.context = 'test'", 1),
    ("dataset.name = 'other'", 0),
    ("dataset.name LIKE 'p%'", 1),
]:
    found = mlflow.search_runs([experiment.experiment_id], filter_string=filter_string, output_format="list")
    assert len(found) == count, filter_string
