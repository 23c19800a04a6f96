"""A model with tests and a protected alias: registering through MLflow's client meets the same gates as any other way, and what it downloads is whole."""

import hashlib
import json
import os
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

name = os.environ["MODEL"]
client = mlflow.MlflowClient()
mlflow.set_experiment("gates-" + name)


def register(columns):
    rows = pd.DataFrame(np.random.default_rng(1).normal(size=(40, len(columns))), columns=columns)
    target = (rows[columns[0]] > 0).astype(int)
    fitted = LogisticRegression().fit(rows, target)
    with mlflow.start_run():
        signature = infer_signature(rows, fitted.predict(rows))
        try:
            mlflow.sklearn.log_model(fitted, name="model", signature=signature, registered_model_name=name)
        except TypeError:
            mlflow.sklearn.log_model(fitted, "model", signature=signature, registered_model_name=name)


register(["amount", "tenure"])
register(["amount", "tenure", "age"])
good, bad = sorted(client.search_model_versions(f"name = '{name}'"), key=lambda version: int(version.version))[:2]
assert (int(good.version), int(bad.version)) == (1, 2)


def refused(move, *words):
    try:
        move()
    except mlflow.MlflowException as error:
        assert all(word in str(error) for word in words), error
        return
    raise AssertionError("it was not refused")


refused(lambda: client.set_registered_model_alias(name, "prod", good.version), "is protected", "request-approval", "--alias prod")
refused(
    lambda: client.transition_model_version_stage(name, good.version, "Production"), "is protected", "request-approval"
)
refused(lambda: client.set_registered_model_alias(name, "champion", bad.version), "Only an approved version can be champion")
client.set_registered_model_alias(name, "blue", bad.version)

# What is downloaded is what the registry says it is: its digest is over one line of JSON per file.
folder = Path(mlflow.artifacts.download_artifacts(f"models:/{name}@blue"))


def line(file):
    content = file.read_bytes()
    path = file.relative_to(folder).as_posix()
    return json.dumps([path, "sha256:" + hashlib.sha256(content).hexdigest(), len(content)], separators=(",", ":"))


# Clients before 3.18 put a note of where it came from beside it.
files = [file for file in folder.rglob("*") if file.is_file() and file.name != "registered_model_meta"]
lines = sorted(line(file) + "\n" for file in files)
print("DIGEST: sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest())
loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
assert list(loaded.predict(pd.DataFrame({"amount": [3.0, -3.0], "tenure": [0.0, 0.0]}))) == [1, 0]
