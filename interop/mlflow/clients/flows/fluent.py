"""A session of the fluent interface: an experiment, a run, everything that is logged, and what reads back."""

import pandas as pd
import mlflow
from names import fresh

name = fresh("fluent")
experiment = mlflow.set_experiment(name)
assert mlflow.get_experiment_by_name(name).experiment_id == experiment.experiment_id
mlflow.set_experiment_tag("team", "red")

with mlflow.start_run(run_name="first", tags={"kind": "demo"}, description="what it is for") as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"depth": 3, "loss/name": "mse", "größe": "ü"})
    mlflow.log_metric("loss", 0.5)
    for step in range(5):
        mlflow.log_metric("accuracy", step / 5, step=step)
    mlflow.log_metrics({"precision": 0.75, "recall": 0.5}, step=4)
    mlflow.set_tag("note", "hello")
    mlflow.set_tags({"a": "1", "b": "2"})
    mlflow.delete_tag("b")
    mlflow.log_input(mlflow.data.from_pandas(pd.DataFrame({"x": [1, 2]}), name="points"), context="training")
    mlflow.log_text("hello", "notes/hello.txt")
    run_id = run.info.run_id

read = mlflow.get_run(run_id)
assert len(run_id) == 32 and int(run_id, 16) >= 0, run_id
assert read.info.status == "FINISHED" and read.info.run_name == "first", read.info
assert read.info.start_time <= read.info.end_time
assert read.data.params == {"lr": "0.1", "depth": "3", "loss/name": "mse", "größe": "ü"}, read.data.params
assert read.data.metrics == {"loss": 0.5, "accuracy": 0.8, "precision": 0.75, "recall": 0.5}, read.data.metrics
assert read.data.tags["kind"] == "demo" and read.data.tags["a"] == "1" and "b" not in read.data.tags
assert read.data.tags["mlflow.note.content"] == "what it is for"
assert [one.dataset.name for one in read.inputs.dataset_inputs] == ["points"]
assert mlflow.artifacts.load_text(f"{read.info.artifact_uri}/notes/hello.txt") == "hello"
history = mlflow.MlflowClient().get_metric_history(run_id, "accuracy")
assert [(point.step, point.value) for point in history] == [(step, step / 5) for step in range(5)]
assert mlflow.get_experiment(experiment.experiment_id).tags["team"] == "red"

try:
    mlflow.MlflowClient().log_param(run_id, "lr", 0.2)
    raise AssertionError("a parameter changed")
except mlflow.MlflowException as error:
    assert error.error_code == "INVALID_PARAMETER_VALUE", error

try:
    with mlflow.start_run() as failing:
        raise ValueError("on purpose")
except ValueError:
    pass
assert mlflow.get_run(failing.info.run_id).info.status == "FAILED"

mlflow.delete_run(run_id)
assert mlflow.get_run(run_id).info.lifecycle_stage == "deleted"
mlflow.MlflowClient().restore_run(run_id)
mlflow.delete_experiment(experiment.experiment_id)
assert mlflow.get_experiment(experiment.experiment_id).lifecycle_stage == "deleted"
mlflow.MlflowClient().restore_experiment(experiment.experiment_id)
