"""A project run by `mlflow run` in the environment at hand: its run, its parameters, what it logs and that it failed."""

import os
import pathlib
import sys
import tempfile

import mlflow
from mlflow.exceptions import ExecutionException
from names import fresh

PROJECT = """name: forest
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
      rounds: {type: int, default: 2}
    command: "python train.py {alpha} {rounds}"
  broken:
    command: "python -c 'raise SystemExit(3)'"
"""
TRAIN = """import sys
import mlflow
with mlflow.start_run() as run:
    for step in range(int(sys.argv[2])):
        mlflow.log_metric("loss", float(sys.argv[1]) / (step + 1), step=step)
    mlflow.log_text("done", "notes/end.txt")
"""

# The command of the project says `python`.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
experiment = fresh("projects")
mlflow.set_experiment(experiment)
client = mlflow.MlflowClient()
with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / "MLproject").write_text(PROJECT)
    (pathlib.Path(folder) / "python_env.yaml").write_text("python: '3.11'\ndependencies: [mlflow]\n")
    (pathlib.Path(folder) / "train.py").write_text(TRAIN)

    submitted = mlflow.run(folder, parameters={"alpha": 0.5}, experiment_name=experiment, env_manager="local", run_name="by-project")
    assert submitted.wait() and submitted.get_status() == "FINISHED", submitted.get_status()
    run = client.get_run(submitted.run_id)
    assert run.info.status == "FINISHED" and run.info.run_name == "by-project", run.info
    assert run.data.params == {"alpha": "0.5", "rounds": "2"}, run.data.params
    assert run.data.tags["mlflow.source.type"] == "PROJECT", run.data.tags
    assert run.data.tags["mlflow.project.entryPoint"] == "main", run.data.tags
    assert [(point.step, point.value) for point in client.get_metric_history(submitted.run_id, "loss")] == [(0, 0.5), (1, 0.25)]
    assert mlflow.artifacts.load_text(f"runs:/{submitted.run_id}/notes/end.txt") == "done"

    # Inside a run it becomes a child of it.
    with mlflow.start_run() as parent:
        child = mlflow.run(folder, parameters={"rounds": 1}, env_manager="local")
    assert client.get_run(child.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id

    try:
        mlflow.run(folder, entry_point="broken", experiment_name=experiment, env_manager="local")
        raise AssertionError("a project that ends with 3 did not fail")
    except ExecutionException:
        pass
    failed = client.search_runs([client.get_experiment_by_name(experiment).experiment_id], "tags.`mlflow.project.entryPoint` = 'broken'")
    assert [one.info.status for one in failed] == ["FAILED"], failed
