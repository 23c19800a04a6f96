"""Asks a real MLflow what it makes of filters and orders, and writes its answers for the tests beside this file.

    python -m venv v && v/bin/pip install mlflow==3.18.0
    v/bin/python peer-cases.py 1200 > peer-cases.json

The argument is how many filters are made up, besides those of MLflow's documentation.
"""

import json
import logging
import random
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import mlflow.version
import sqlalchemy
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelParameter, LoggedModelTag, Metric, Param
from mlflow.entities import ExperimentTag, RunStatus, RunTag, ViewType
from mlflow.entities.model_registry import ModelVersionTag, RegisteredModelTag
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as Registry
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as Tracking

pick = random.Random(318)
folder = tempfile.mkdtemp()
url = f"sqlite:///{folder}/peer.db"
tracking = Tracking(url, folder)
registry = Registry(url)

TEXTS = ["adam", "Adam", "a%b", "a_b", "axb", "resnet-50", "resnet_101", "0.01", "10", "", "it''s", 'say "x"', "ärger"]
KEYS = ["lr", "opt", "val.loss", "a b", "mlflow.user", "top-1", "x/y", "in"]
STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]
NUMBERS = [0.5, 1.0, -2.0, 1e-3, 10.0, 0.01]


def some(share, value):
    return {key: value() for key in KEYS if pick.random() < share}


def execute(statement, **values):
    with tracking.engine.begin() as connection:
        connection.execute(sqlalchemy.text(statement), values)


def experiments():
    rows = []
    for index, name in enumerate(["alpha", "Alpha", "beta/one", "resnet-50", "a_b", "axb"]):
        tags = some(0.5, lambda: pick.choice(TEXTS))
        number = tracking.create_experiment(name, tags=[ExperimentTag(k, v) for k, v in tags.items()])
        created, updated = 1000 + 100 * index, 5000 - 100 * index
        execute(
            "update experiments set creation_time = :c, last_update_time = :u where experiment_id = :e",
            c=created, u=updated, e=int(number),
        )
        rows.append({"name": name, "number": int(number), "createdAt": created, "updatedAt": updated, "tags": tags})
    tracking.delete_experiment("0")
    return rows


def runs(experiment):
    rows = []
    for index in range(16):
        name = pick.choice(TEXTS[:8]) + str(index % 3)
        status = STATUSES[index % 5]
        ended = None if index % 4 == 0 else 2000 + 10 * index
        params = {k: v for k, v in some(0.5, lambda: pick.choice(TEXTS)).items() if v != ""}
        tags = some(0.5, lambda: pick.choice(TEXTS))
        metrics = some(0.6, lambda: pick.choice([*NUMBERS, float("nan")]))
        user = pick.choice(["ada", "bob"])
        run = tracking.create_run(experiment, user, 1000 + 10 * index, [], name)
        run_id = run.info.run_id
        tracking.log_batch(
            run_id,
            [Metric(k, v, 1, 0) for k, v in metrics.items()],
            [Param(k, v) for k, v in params.items()],
            [RunTag(k, v) for k, v in tags.items()],
        )
        tracking.update_run_info(run_id, getattr(RunStatus, status), ended, name)
        inputs = pick.sample([("iris", "aaa", "train"), ("wine", "bbb", "test"), ("Iris", "ccc", "train")], index % 3)
        tracking.log_inputs(
            run_id,
            [
                DatasetInput(Dataset(name, digest, "local", "s"), [InputTag("mlflow.data.context", context)])
                for name, digest, context in inputs
            ],
        )
        rows.append({
            "id": run_id, "name": name, "status": status.lower(), "userId": user, "startedAt": 1000 + 10 * index,
            "endedAt": ended, "artifactUri": run.info.artifact_uri.replace(folder, "/store"), "parameters": params,
            "tags": {**tags, "mlflow.runName": name},
            "metrics": {k: "NaN" if v != v else v for k, v in metrics.items()},
            "datasets": {field: [row[at] for row in inputs] for at, field in enumerate(["name", "digest", "context"])},
        })
        # The folder of the peer is a new one each time.
        execute("update runs set artifact_uri = replace(artifact_uri, :f, '/store')", f=folder)
    return rows


def models(run_ids):
    rows, versions = [], []
    for index, name in enumerate(["fraud", "Fraud", "resnet-50", "a_b", "axb"]):
        tags = some(0.5, lambda: pick.choice(TEXTS))
        registry.create_registered_model(name, [RegisteredModelTag(k, v) for k, v in tags.items()])
        rows.append({"name": name, "tags": tags})
        for number in range(1, 4):
            tags = some(0.5, lambda: pick.choice(TEXTS))
            run_id = pick.choice([None, *run_ids[:4]])
            source = f"s3://bucket/{name}/{pick.choice(['a', 'b'])}"
            registry.create_model_version(name, source, run_id, [ModelVersionTag(k, v) for k, v in tags.items()])
            versions.append({"label": f"{name}/{number}", "modelName": name, "number": number, "runId": run_id,
                             "source": source, "tags": tags})
    return rows, versions


def logged_models(experiment, elsewhere, run_ids):
    rows = []
    # Metrics of a model are metrics of a run too: of one that no search finds.
    writer = tracking.create_run(elsewhere, "ada", 1, [], "writer").info.run_id
    for index in range(10):
        name = ["m-one", "m-two", "Model", "a_b"][index % 4]
        tags, params = some(0.5, lambda: pick.choice(TEXTS)), some(0.5, lambda: pick.choice(TEXTS))
        kind, run_id = pick.choice([None, "Agent", "LLM"]), run_ids[index % 4]
        model = tracking.create_logged_model(
            experiment, name, run_id, [LoggedModelTag(k, v) for k, v in tags.items()],
            [LoggedModelParameter(k, v) for k, v in params.items()], kind,
        )
        execute(
            "update logged_models set creation_timestamp_ms = :c, last_updated_timestamp_ms = :u, status = :s where model_id = :m",
            c=1000 + index, u=3000 - index, s=1 + index % 3, m=model.model_id,
        )
        metrics = some(0.5, lambda: pick.choice(NUMBERS))
        tracking.log_batch(
            writer, [Metric(k, v, 1, index, model_id=model.model_id) for k, v in metrics.items()], [], []
        )
        rows.append({
            "id": model.model_id, "name": name, "modelType": kind, "status": ["pending", "ready", "failed"][index % 3],
            "sourceRunId": run_id, "createdAt": 1000 + index, "updatedAt": 3000 - index, "parameters": params,
            "tags": tags, "metrics": metrics,
        })
    return rows


experiment_rows = experiments()
place = str(experiment_rows[0]["number"])
run_rows = runs(place)
run_ids = [row["id"] for row in run_rows]
model_rows, version_rows = models(run_ids)
logged_rows = logged_models(place, str(experiment_rows[1]["number"]), run_ids)
ROWS = {"runs": run_rows, "experiments": experiment_rows, "registered-models": model_rows,
        "model-versions": version_rows, "logged-models": logged_rows}


def search(entity, text):
    if entity == "runs":
        return [run.info.run_id for run in tracking.search_runs([place], text, ViewType.ALL, 100)]
    if entity == "experiments":
        return [found.name for found in tracking.search_experiments(ViewType.ACTIVE_ONLY, 100, text)]
    if entity == "registered-models":
        return [found.name for found in registry.search_registered_models(text, 100)]
    if entity == "model-versions":
        return [f"{found.name}/{found.version}" for found in registry.search_model_versions(text, 100)]
    return [found.model_id for found in tracking.search_logged_models([place], text)]


def order(entity, clauses):
    if entity == "runs":
        return tracking.search_runs([place], "", ViewType.ALL, 100, clauses)
    if entity == "experiments":
        return tracking.search_experiments(ViewType.ACTIVE_ONLY, 100, None, clauses)
    if entity == "registered-models":
        return registry.search_registered_models("", 100, clauses)
    return registry.search_model_versions("", 100, clauses)


LABEL = {"runs": "id", "experiments": "name", "registered-models": "name", "model-versions": "label",
         "logged-models": "id"}
ATTRIBUTES = {
    "runs": ["run_id", "run_name", "`run name`", "status", "user_id", "artifact_uri", "start_time", "end_time", "created",
             "lifecycle_stage", "experiment_id", "name"],
    "experiments": ["name", "experiment_id", "creation_time", "last_update_time", "lifecycle_stage"],
    "registered-models": ["name", "creation_timestamp", "description"],
    "model-versions": ["name", "version_number", "run_id", "source_path", "creation_timestamp", "current_stage", "aliases"],
    "logged-models": ["name", "model_id", "model_type", "status", "source_run_id", "creation_timestamp", "creation_time",
                      "last_updated_timestamp", "foo"],
}
PREFIXES = {
    "runs": ["", "", "attributes.", "attribute.", "attr.", "run."],
    "experiments": ["", "", "attribute.", "attributes."],
    "registered-models": ["", "", "attribute.", "attributes."],
    "model-versions": ["", "", "attribute.", "attributes."],
    "logged-models": ["", "", "attributes.", "attribute."],
}
TABLES = ["metrics", "metric", "params", "param", "parameters", "parameter", "tags", "tag", "dataset", "datasets", "Params", "foo"]


def a_key(entity):
    if pick.random() < 0.4:
        return pick.choice(PREFIXES[entity]) + pick.choice(ATTRIBUTES[entity])
    table = pick.choice(TABLES if pick.random() < 0.4 else ["metrics", "params", "tags", "tags"])
    key = pick.choice(["name", "digest", "context", "foo"] if table.startswith("dataset") else KEYS[:7])
    needs = any(sign in key for sign in " -/")
    quote = pick.choice(["`", '"']) if needs or pick.random() < 0.3 else ""
    return f"{pick.choice(['', '', '', '`'])}{table}.{quote}{key}{quote}".replace("`" + table, "`" + table + "`")


def quoted(text):
    return f'"{text}"' if pick.random() < 0.3 and '"' not in text else f"'{text}'"


def a_text(entity):
    row = pick.choice(ROWS[entity])
    return str(pick.choice([pick.choice(TEXTS), pick.choice([v for v in row.values() if isinstance(v, str)]), "READY",
                            "iris", "train", pick.choice(STATUSES), "running", "1"]))


def a_pattern(entity):
    text = a_text(entity)
    if "'" in text:
        return text
    cut = pick.randrange(len(text) + 1)
    return pick.choice([text, text[:cut] + "%", "%" + text[cut:], "%" + text[:cut].upper() + "%", text[:cut] + "_" + text[cut + 1:]])


def a_number():
    return pick.choice(["1", "0.5", "-2", "1e-3", "10", ".5", "1.", "1020", "2010", "1005", "0", "2", "NaN"])


def a_value(entity):
    return pick.choice([quoted(a_text(entity)), quoted(a_text(entity)), a_number(), pick.choice(["adam", "true"])])


def a_list(entity):
    values = [quoted(a_text(entity)) for _ in range(pick.choice([1, 2, 3]))]
    if pick.random() < 0.1:
        values.append("1")
    return "(" + ", ".join(values) + ("," if pick.random() < 0.1 else "") + ")"


def a_comparison(entity):
    key = a_key(entity)
    # Half of them stand a chance: numbers where numbers belong, text elsewhere.
    if pick.random() < 0.55:
        if "metric" in key or "time" in key or "created" in key or "number" in key:
            return f"{key} {pick.choice(['=', '!=', '<', '<=', '>', '>='])} {a_number()}"
        if pick.random() < 0.4:
            return f"{key} {pick.choice(['LIKE', 'ILIKE'])} {quoted(a_pattern(entity))}"
        return f"{key} {pick.choice(['=', '!='])} {quoted(a_text(entity))}"
    return pick.choice([
        lambda: f"{key} {pick.choice(['=', '!=', '<', '>', '>=', '<='])} {a_value(entity)}",
        lambda: f"{key}{pick.choice(['=', '!=', '>'])}{a_value(entity)}",
        lambda: f"{key} {pick.choice(['LIKE', 'ILIKE', 'like'])} {quoted(a_pattern(entity))}",
        lambda: f"{key} {pick.choice(['IN', 'NOT IN', 'in'])} {a_list(entity)}",
        lambda: f"{key} {pick.choice(['IS NULL', 'IS NOT NULL', 'is null'])}",
    ])()


def a_filter(entity):
    parts = [a_comparison(entity) for _ in range(pick.choice([1, 1, 1, 2, 2, 3]))]
    text = pick.choice([" AND ", " and "]).join(parts)
    return pick.choice([text] * 30 + [text + " AND", "AND " + text, text + ";", text[:-1], "(" + text])


def an_order(entity):
    key = a_key(entity) if pick.random() < 0.6 else pick.choice(
        ["name", "timestamp", "last_updated_timestamp", "creation_timestamp", "version_number", "start_time", "experiment_id"])
    return key + pick.choice(["", " ASC", " DESC", " asc", " desc", " foo", "  DESC"])


# The examples of MLflow's documentation (search of runs, experiments and logged models; docstrings of the client),
# also those it warns of.
DOCUMENTED = [
    ("runs", "metrics.loss > 0.8"),
    ("runs", """tag."test" = 'abc'"""),
    ("runs", "tag.`test` = 'abc'"),
    ("runs", 'tag.`test` = "abc"'),
    ("runs", "tag.`test` = `abc`"),
    ("runs", "tag.`test` = abc"),
    ("runs", "metrics.cross-entropy-loss < 0.5"),
    ("runs", "metrics.`cross-entropy-loss` < 0.5"),
    ("runs", 'params.`1st_iteration_timestamp` = "2022-01-01"'),
    ("runs", "attributes.run_id IN ('5984a3488161440f92de9847e846b342', 'babe221a676b4fa4b204f8240f2c4f14')"),
    ("runs", 'metrics.accuracy != "None"'),
    ("runs", "metrics.accuracy > 0.72"),
    ("runs", "metrics.loss <= 0.15"),
    ("runs", "metrics.accuracy != 0.15"),
    ("runs", 'params.model = "GPT-4o"'),
    ("runs", 'params.model LIKE "GPT%"'),
    ("runs", 'params.model ILIKE "gpt%"'),
    ("runs", "datasets.name IN ('custom', 'also custom', 'another custom name')"),
    ("runs", "datasets.digest IN ('s8ds293b', 'jks834s2')"),
    ("runs", "attributes.run_id IN ('5984a3488161440f92de9847e846b342')"),
    ("runs", 'metrics."accuracy" > 0.72'),
    ("runs", "metrics.`log-scale-loss` <= 0"),
    ("runs", "metrics.`f1 score` >= 0.5"),
    ("runs", "metrics.accuracy > 0.72 AND metrics.loss <= 0.15"),
    ("runs", 'params.batch_size = "2"'),
    ("runs", 'params.model ILIKE "gPt%"'),
    ("runs", 'params.model LIKE "GPT%" AND params.batch_size = "2"'),
    ("runs", 'tags."environment" = "notebook"'),
    ("runs", 'tags.environment = "notebook"'),
    ("runs", 'tags.task = "Classification"'),
    ("runs", 'tags.task ILIKE "classif%"'),
    ("runs", 'datasets.name LIKE "custom"'),
    ("runs", 'datasets.context = "train"'),
    ("runs", 'attributes.status = "ACTIVE"'),
    ("runs", 'attributes.user_id LIKE "user1"'),
    ("runs", 'attributes.run_name = "my-run"'),
    ("runs", 'attributes.run_id = "a1b2c3d4"'),
    ("runs", "attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')"),
    ("runs", "attributes.start_time >= 1664067852747"),
    ("runs", "attributes.end_time < 1664067852747"),
    ("runs", "attributes.created > 1664067852747"),
    ("runs", "datasets.name IN ('custom', 'also custom')"),
    ("runs", "metrics.accuracy > 0.72 AND metrics.batch_size != 0"),
    ("runs", "metrics.accuracy > 0.72 AND metrics.batch_size != 0 AND attributes.run_id IN ('a1b2c3d4', 'e5f6g7h8')"),
    ("runs", "metrics.loss <= 0.15 AND metrics.loss >= 0.1"),
    ("runs", 'params.batch_size != "None"'),
    ("runs", 'params.model = "LogisticRegression" and params.lambda = "0.001" and metrics.error <= 0.05'),
    ("runs", 'attributes.status = "FAILED"'),
    ("runs", "tags.mlflow.parentRunId='abc'"),
    ("runs", "tags.`mlflow.parentRunId` = 'abc'"),
    ("experiments", "attributes.name = 'x'"),
    ("experiments", "name = 'x'"),
    ("experiments", "attributes.name LIKE 'x%'"),
    ("experiments", "tags.group != 'x'"),
    ("experiments", "tags.group ILIKE '%x%'"),
    ("experiments", "attributes.name LIKE 'x%' AND tags.group = 'y'"),
    ("experiments", "tags.group IS NOT NULL"),
    ("experiments", "tags.deprecated IS NULL"),
    ("experiments", "name LIKE 'a%'"),
    ("experiments", "tags.k ILIKE '%v'"),
    ("experiments", "name LIKE '%b' AND tags.k = 'v'"),
    ("experiments", "tags.`extra key` = 'x'"),
    ("registered-models", "name = 'a_model_name' and tag.key = 'value1'"),
    ("registered-models", "name='CordobaWeatherForecastModel'"),
    ("registered-models", "name LIKE 'Boston%'"),
    ("registered-models", "tags.`extra key` = 'x'"),
    ("model-versions", "name = 'a_model_name' and tag.key = 'value1'"),
    ("model-versions", "name='CordobaWeatherForecastModel'"),
    ("model-versions", "run_id='e14afa2f47a040728060c1699968fd43'"),
    ("model-versions", "tags.`extra key` = 'x'"),
    ("logged-models", "metrics.accuracy > 0.9"),
    ("logged-models", "metrics.precision > 0.88 AND metrics.recall > 0.90"),
    ("logged-models", "metrics.`f1-score` > 0.5"),
    ("logged-models", "params.model_type = 'RandomForest'"),
    ("logged-models", "params.model_type = 'RandomForest' AND params.n_estimators = '200'"),
    ("logged-models", "name = 'SVM_model_5'"),
    ("logged-models", "name IN ('SVM_model_5', 'RandomForest_model_0')"),
    ("logged-models", "name != 'SVM_model_4'"),
    ("logged-models", "creation_time > 1664067852747"),
    ("logged-models", "creation_time > 100"),
    ("logged-models", "metrics.rmse > 0.5 AND params.model_type = 'rf'"),
    ("logged-models", "tags.release IN ('v1.0', 'v1.1')"),
    ("logged-models", "params.optimizer != 'adam' AND metrics.accuracy >= 0.9"),
    ("logged-models", "params.lr = 0.01"),
    ("logged-models", """
        params.model_type = 'RandomForest'
        AND metrics.accuracy > 0.9
        AND metrics.precision > 0.88
    """),
]


def case(entity, text):
    """[entity, filter, which rows match], or null where the peer refuses."""
    labels = [row[LABEL[entity]] for row in ROWS[entity]]
    try:
        return [entity, text, sorted(labels.index(found) for found in search(entity, text))]
    except Exception:
        return [entity, text, None]


def order_case(entity, clauses):
    try:
        order(entity, clauses)
        return [entity, clauses, True]
    except Exception:
        return [entity, clauses, False]


def lines(items):
    return "[\n" + ",\n".join("    " + json.dumps(item, ensure_ascii=False) for item in items) + "\n  ]"


entities = ["runs", "runs", "runs", "experiments", "registered-models", "model-versions", "logged-models"]
made_up = [(entity, a_filter(entity)) for entity in (pick.choice(entities) for _ in range(int(sys.argv[1])))]
orders = [
    (entity, [an_order(entity) for _ in range(pick.choice([1, 1, 2]))])
    for entity in (pick.choice(["runs", "runs", "experiments", "registered-models", "model-versions"])
                   for _ in range(int(sys.argv[1]) // 6))
]
print("{")
print(f'  "peer": "mlflow {mlflow.version.VERSION}",')
print('  "rows": {\n' + ",\n".join(f'    "{name}": ' + lines(rows) for name, rows in ROWS.items()) + "\n  },")
print('  "documented": ' + lines(case(*pair) for pair in DOCUMENTED) + ",")
print('  "filters": ' + lines(case(*pair) for pair in dict.fromkeys(made_up)) + ",")
print('  "orders": ' + lines(order_case(*pair) for pair in orders))
print("}")
