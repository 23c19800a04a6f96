"""Searching runs and experiments: every kind of comparison, order and page."""

import mlflow
from mlflow.entities import ViewType
from names import fresh

client = mlflow.MlflowClient()
prefix = fresh("search")
experiment = mlflow.set_experiment(f"{prefix}-a")
other = client.create_experiment(f"{prefix}-b", tags={"team": "blue"})

for index in range(8):
    with mlflow.start_run(run_name=f"run-{index}") as run:
        mlflow.log_metric("acc", index / 8)
        mlflow.log_metric("val loss", -index)
        mlflow.log_param("model", "tree" if index % 2 else "Forest")
        mlflow.log_param("with space", index)
        if index < 3:
            mlflow.set_tag("kind", "early")
        last = run.info.run_id


def names(filter_string="", **options):
    found = mlflow.search_runs([experiment.experiment_id], filter_string, output_format="list", **options)
    return [run.info.run_name for run in found]


def numbered(*indices):
    return {f"run-{index}" for index in indices}


for filter_string, expected in [
    ("metrics.acc > 0.5", numbered(5, 6, 7)),
    ("metrics.acc >= 0.5 AND metrics.acc != 0.75", numbered(4, 5, 7)),
    ("metrics.`val loss` < -6", numbered(7)),
    ('metric."val loss" = -3', numbered(3)),
    ("params.model = 'tree'", numbered(1, 3, 5, 7)),
    ("params.model != 'tree'", numbered(0, 2, 4, 6)),
    ("params.model LIKE 'F%'", numbered(0, 2, 4, 6)),
    ("params.model ILIKE 'f%'", numbered(0, 2, 4, 6)),
    ("params.`with space` = '4'", numbered(4)),
    ("tags.kind = 'early'", numbered(0, 1, 2)),
    ("tags.kind != 'early'", set()),
    ("tags.mlflow.runName = 'run-2'", numbered(2)),
    ("attributes.run_name = 'run-2'", numbered(2)),
    ("attributes.status = 'FINISHED' and tags.kind = 'early'", numbered(0, 1, 2)),
    ("run_name LIKE '%-3'", numbered(3)),
    (f"run_id = '{last}'", numbered(7)),
    (f"attributes.run_id IN ('{last}')", numbered(7)),
    ("attributes.start_time > 0", numbered(*range(8))),
    ("attributes.end_time > 0 AND params.model = 'tree' AND metrics.acc < 0.5 AND tags.kind = 'early'", numbered(1)),
]:
    assert set(names(filter_string)) == expected, (filter_string, names(filter_string))

assert names(order_by=["metrics.acc DESC"], max_results=3) == ["run-7", "run-6", "run-5"]
assert names(order_by=["params.model ASC", "metrics.acc ASC"])[:2] == ["run-0", "run-2"]
assert names(order_by=["attributes.start_time ASC"])[0] == "run-0"
assert names()[0] == "run-7", "the newest first"

for wrong in ["metrics.acc > 'x'", "acc = 1", "params.model > 'a'", "unknown.x = 'a'", "params.model = 'a"]:
    try:
        names(wrong)
        raise AssertionError(f"took {wrong}")
    except mlflow.MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", (wrong, error)

frame = mlflow.search_runs([experiment.experiment_id])
assert frame["metrics.acc"].max() == 7 / 8 and len(frame) == 8
paged, token = [], None
while True:
    page = client.search_runs([experiment.experiment_id], max_results=3, page_token=token, order_by=["metrics.acc ASC"])
    paged += [run.info.run_name for run in page]
    token = page.token
    if not token:
        break
assert paged == [f"run-{index}" for index in range(8)], paged

client.delete_run(last)
assert len(client.search_runs([experiment.experiment_id])) == 7
assert len(client.search_runs([experiment.experiment_id], run_view_type=ViewType.DELETED_ONLY)) == 1
assert len(client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)) == 8

found = mlflow.search_experiments(filter_string=f"name LIKE '{prefix}%'", order_by=["name DESC"])
assert [one.name for one in found] == [f"{prefix}-b", f"{prefix}-a"]
found = mlflow.search_experiments(filter_string=f"name LIKE '{prefix}%' AND tags.team = 'blue'")
assert [one.experiment_id for one in found] == [other]
