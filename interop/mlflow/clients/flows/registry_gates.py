"""A model with tests and a protected alias: registering through MLflow's client meets the same gates as any other way."""

import os

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
