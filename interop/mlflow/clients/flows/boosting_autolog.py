"""Autologging of XGBoost and LightGBM, with a metric for every round."""

import lightgbm
import mlflow
import numpy as np
import xgboost
from names import fresh
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

mlflow.set_experiment(fresh("boosting"))
x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0)
client = mlflow.MlflowClient()

mlflow.xgboost.autolog()
with mlflow.start_run() as run:
    booster = xgboost.train(
        {"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 2},
        xgboost.DMatrix(x_train, y_train),
        num_boost_round=8,
        evals=[(xgboost.DMatrix(x_test, y_test), "test")],
        verbose_eval=False,
    )
read = client.get_run(run.info.run_id)
assert read.data.params["max_depth"] == "2" and read.data.params["num_boost_round"] == "8", read.data.params
history = client.get_metric_history(run.info.run_id, "test-logloss")
assert [point.step for point in history] == list(range(8)), history
[model] = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
loaded = mlflow.xgboost.load_model(model.model_uri)
assert np.allclose(loaded.predict(xgboost.DMatrix(x_test)), booster.predict(xgboost.DMatrix(x_test)))

mlflow.lightgbm.autolog()
with mlflow.start_run() as run:
    trained = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "num_leaves": 4, "num_threads": 1},
        lightgbm.Dataset(x_train, y_train),
        num_boost_round=6,
        valid_sets=[lightgbm.Dataset(x_test, y_test)],
        valid_names=["test"],
    )
read = client.get_run(run.info.run_id)
assert read.data.params["num_leaves"] == "4", read.data.params
assert len(client.get_metric_history(run.info.run_id, "test-binary_logloss")) == 6, read.data.metrics
[model] = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
assert np.allclose(mlflow.lightgbm.load_model(model.model_uri).predict(x_test), trained.predict(x_test))
files = {one.path for one in client.list_artifacts(run.info.run_id)}
assert any("feature_importance" in path for path in files), files
