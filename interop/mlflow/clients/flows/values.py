"""Values at the edges: what is not a number, far steps and times, keys in other scripts, long texts."""

import math

import mlflow
from mlflow.entities import Metric, Param, RunTag
from names import fresh

client = mlflow.MlflowClient()
mlflow.set_experiment(fresh("values"))
largest = 1.7976931348623157e308

with mlflow.start_run() as run:
    run_id = run.info.run_id
    for step, value in enumerate([math.nan, math.inf, -math.inf, 0.1 + 0.2, 5e-324, -0.0, largest]):
        client.log_metric(run_id, "edge", value, timestamp=1000 + step, step=step)
    for step in [-(2**40), -5, 0, 2**53 - 1]:
        client.log_metric(run_id, "steps", float(step % 7), timestamp=2000, step=step)
    client.log_metric(run_id, "late", 1.0, timestamp=2**45, step=0)
    for key in ["损失", "größe/ü", "a b", "x.y-z_1", "train: loss"]:
        client.log_metric(run_id, key, 1.5)
        client.log_param(run_id, key, "wert ü 数 🙂")
        client.set_tag(run_id, key, "zeile\nzwei")
    client.log_param(run_id, "long", "v" * 6000)
    client.log_batch(
        run_id,
        metrics=[Metric("batch", index / 2, 3000 + index, index) for index in range(1000)],
    )
    client.log_batch(run_id, params=[Param(f"p{index}", str(index)) for index in range(100)])
    client.log_batch(run_id, tags=[RunTag(f"t{index}", str(index)) for index in range(100)])

edge = [point.value for point in sorted(client.get_metric_history(run_id, "edge"), key=lambda point: point.step)]
assert math.isnan(edge[0]), edge
# MLflow keeps the largest finite number in place of infinity.
assert edge[1] in (math.inf, largest) and edge[2] in (-math.inf, -largest), edge
assert edge[3:] == [0.1 + 0.2, 5e-324, 0.0, largest], edge
assert sorted(point.step for point in client.get_metric_history(run_id, "steps")) == [-(2**40), -5, 0, 2**53 - 1]
assert client.get_metric_history(run_id, "late")[0].timestamp == 2**45

data = client.get_run(run_id).data
assert data.metrics["steps"] == float((2**53 - 1) % 7), "the last is the one of the greatest step"
assert data.metrics["损失"] == 1.5 and data.params["损失"] == "wert ü 数 🙂" and data.tags["损失"] == "zeile\nzwei"
assert data.params["long"] == "v" * 6000
assert data.metrics["batch"] == 999 / 2
assert len(client.get_metric_history(run_id, "batch")) == 1000
assert all(data.params[f"p{index}"] == str(index) for index in range(100))

# The same points again are no new points.
client.log_batch(run_id, metrics=[Metric("batch", index / 2, 3000 + index, index) for index in range(10)])
assert len(client.get_metric_history(run_id, "batch")) == 1000

for wrong in ["", "../up", "/root", "a//b", "k" * 251]:
    try:
        client.log_metric(run_id, wrong, 1.0)
        raise AssertionError(f"took the key {wrong[:20]!r}")
    except mlflow.MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error
