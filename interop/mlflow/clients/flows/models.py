"""A model from logging to loading: registered, aliased, moved through stages, loaded in every way."""

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from names import fresh
from sklearn.linear_model import LinearRegression

mlflow.set_experiment(fresh("models"))
name = fresh("pricing")
client = mlflow.MlflowClient()
x = pd.DataFrame({"size": [1.0, 2.0, 3.0], "rooms": [1.0, 1.0, 2.0]})
model = LinearRegression().fit(x, [1.0, 2.0, 3.5])
signature = infer_signature(x, model.predict(x))
# Given, so that the client need not start a process to find them.
plain = {"pip_requirements": ["scikit-learn"]}

with mlflow.start_run() as run:
    mlflow.log_metric("rmse", 0.25)
    mlflow.log_param("kind", "linear")
    first = mlflow.sklearn.log_model(model, name="model", registered_model_name=name, signature=signature, input_example=x[:1], **plain)
    second = mlflow.sklearn.log_model(model, name="again", signature=signature, **plain)
registered = mlflow.register_model(second.model_uri, name, tags={"checked": "yes"})
assert str(registered.version) == "2" and registered.run_id == run.info.run_id, registered

logged = mlflow.get_logged_model(first.model_id)
assert {metric.key: metric.value for metric in logged.metrics}["rmse"] == 0.25, logged
assert logged.source_run_id == run.info.run_id and logged.status.name == "READY"
mlflow.set_logged_model_tags(first.model_id, {"owner": "ann"})
assert mlflow.get_logged_model(first.model_id).tags["owner"] == "ann"

client.set_registered_model_alias(name, "champion", 1)
client.set_registered_model_alias(name, "champion", 2)
assert str(client.get_model_version_by_alias(name, "champion").version) == "2"
client.transition_model_version_stage(name, "1", "Staging")
assert client.get_model_version(name, "1").current_stage == "Staging"
assert [one.version for one in client.get_latest_versions(name, ["Staging"])] in (["1"], [1])

expected = model.predict(x)
for uri in [first.model_uri, f"models:/{name}/1", f"models:/{name}/2", f"models:/{name}@champion", f"models:/{name}/Staging", f"models:/{name}/latest", f"runs:/{run.info.run_id}/model"]:
    assert np.allclose(mlflow.pyfunc.load_model(uri).predict(x), expected), uri
assert np.allclose(mlflow.sklearn.load_model(f"models:/{name}@champion").predict(x), expected)


class Doubling(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * value for value in model_input["size"]]


with mlflow.start_run():
    own = mlflow.pyfunc.log_model(name="doubling", python_model=Doubling(), input_example=x, **plain)
assert mlflow.pyfunc.load_model(own.model_uri).predict(x) == [2.0, 4.0, 6.0]

found = client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])
assert [int(one.version) for one in found] == [1, 2], found
client.delete_registered_model_alias(name, "champion")
try:
    client.get_model_version_by_alias(name, "champion")
    raise AssertionError("the alias is still there")
except mlflow.MlflowException:
    pass
client.delete_model_version(name, "1")
assert [int(one.version) for one in client.search_model_versions(f"name = '{name}'")] == [2]
client.delete_registered_model(name)
