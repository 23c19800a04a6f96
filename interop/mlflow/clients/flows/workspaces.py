"""Workspaces: what is logged in one is not seen in the other."""

import os

import mlflow
from names import fresh

one, two = os.environ["WORKSPACES"].split(",")
name = fresh("workspaces")
made = {}
for workspace in [one, two]:
    mlflow.set_workspace(workspace)
    experiment = mlflow.set_experiment(name)
    with mlflow.start_run() as run:
        mlflow.log_param("workspace", workspace)
        mlflow.log_text(workspace, "where.txt")
    made[workspace] = (experiment.experiment_id, run.info.run_id)
assert made[one][0] != made[two][0], made
for workspace in [one, two]:
    mlflow.set_workspace(workspace)
    [run] = mlflow.search_runs(experiment_names=[name], output_format="list")
    assert run.info.run_id == made[workspace][1] and run.data.params["workspace"] == workspace
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/where.txt") == workspace
mlflow.set_workspace(one)
try:
    mlflow.get_run(made[two][1])
    raise AssertionError("saw a run of another workspace")
except mlflow.MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error
