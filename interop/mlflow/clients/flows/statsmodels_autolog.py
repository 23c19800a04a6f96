"""Autologging of statsmodels."""

import mlflow
import numpy as np
import statsmodels.api as sm
from names import fresh

mlflow.set_experiment(fresh("statsmodels"))
mlflow.statsmodels.autolog()
random = np.random.default_rng(0)
x = sm.add_constant(random.normal(size=(80, 2)))
y = x @ np.array([1.0, 2.0, -1.0]) + random.normal(scale=0.1, size=80)

with mlflow.start_run() as run:
    result = sm.OLS(y, x).fit()
read = mlflow.get_run(run.info.run_id)
assert read.data.metrics["rsquared"] > 0.98, read.data.metrics
assert "df_model" in read.data.metrics
[model] = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
assert np.allclose(mlflow.statsmodels.load_model(model.model_uri).predict(x), result.predict(x))
assert "model_summary.txt" in {one.path for one in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
