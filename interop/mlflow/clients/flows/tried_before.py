"""What was tried already, asked before it is tried again."""

import millwright
import mlflow
import pandas
from names import fresh

experiment = fresh("tried")
mlflow.set_experiment(experiment)
data = mlflow.data.from_pandas(pandas.DataFrame({"x": [1, 2, 3]}), name=fresh("data"))
params = {"rate": 0.1, "depth": 6, "kernel": "rbf", "flag": True}
assert millwright.already_tried(params, data) == []

ids = []
for rate, seed in ((0.1, 1), (0.095, 1), (0.5, 1)):
    with mlflow.start_run() as run:
        mlflow.log_params({**params, "rate": rate, "seed": seed})
        mlflow.log_input(data, context="training")
        mlflow.log_metric("auc", rate)
    ids.append(run.info.run_name)

found = millwright.already_tried({**params, "seed": 7}, data)
assert [(one.name, one.same) for one in found] == [(ids[0], True), (ids[1], False)], found
assert found[0].distance == 0 and found[0].differences == {} and found[0].metrics == {"auc": 0.1}, found[0]
assert found[1].differences == {"rate": ("0.1", "0.095")}, found[1]
assert found[0].experiment == experiment and found[0].status == "finished", found[0]
assert len(millwright.already_tried(params, data.digest, within=1.0)) == 3
assert millwright.already_tried(params, "another digest") == []

with mlflow.start_run() as plain:
    mlflow.log_params(params)
assert [one.name for one in millwright.already_tried(params, experiment=experiment)] == [plain.info.run_name]
for wrong, error in ((dict(dataset=1), TypeError), (dict(), RuntimeError), (dict(dataset="dsv_00000000000000000000000000"), RuntimeError)):
    try:
        millwright.already_tried(params, **wrong)
    except error:
        continue
    raise AssertionError(wrong)
