"""Runs inside runs, runs taken up again, and runs that end otherwise."""

import mlflow
from names import fresh

experiment = mlflow.set_experiment(fresh("nested"))
with mlflow.start_run(run_name="parent") as parent:
    children = []
    for index in range(3):
        with mlflow.start_run(run_name=f"child-{index}", nested=True) as child:
            mlflow.log_metric("loss", 1 / (index + 1))
            children.append(child.info.run_id)
            with mlflow.start_run(run_name="grandchild", nested=True) as grandchild:
                mlflow.log_param("depth", 2)
    mlflow.log_metric("best", 1 / 3)

found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list")
assert {run.info.run_id for run in found} == set(children), found
assert mlflow.get_parent_run(children[0]).info.run_id == parent.info.run_id

with mlflow.start_run(run_id=children[0]) as again:
    assert mlflow.get_run(again.info.run_id).info.status == "RUNNING"
    mlflow.log_metric("loss", 0.25, step=1)
read = mlflow.get_run(children[0])
assert read.info.status == "FINISHED" and read.data.metrics["loss"] == 0.25
assert read.info.run_name == "child-0"

client = mlflow.MlflowClient()
client.set_terminated(children[1], status="KILLED")
assert client.get_run(children[1]).info.status == "KILLED"
client.update_run(children[2], name="renamed")
assert client.get_run(children[2]).info.run_name == "renamed"
client.rename_experiment(experiment.experiment_id, fresh("nested-renamed"))
