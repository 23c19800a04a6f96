"""Autologging of scikit-learn: a model, a pipeline and a search of parameters with its children."""

import mlflow
from names import fresh
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

mlflow.set_experiment(fresh("sklearn"))
mlflow.sklearn.autolog(log_input_examples=True)
x, y = load_iris(return_X_y=True, as_frame=True)

with mlflow.start_run() as run:
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(x, y)
    assert model.score(x, y) > 0.9
read = mlflow.get_run(run.info.run_id)
assert read.data.metrics["training_accuracy_score"] > 0.9, read.data.metrics
assert read.data.params["logisticregression__max_iter"] == "200", read.data.params
assert read.data.tags["estimator_name"] == "Pipeline"
assert read.inputs.dataset_inputs, "the data set of the training"
models = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
assert len(models) == 1, models
assert models[0].status.name == "READY"
loaded = mlflow.sklearn.load_model(models[0].model_uri)
assert (loaded.predict(x) == model.predict(x)).all()
assert read.outputs.model_outputs[0].model_id == models[0].model_id
info = mlflow.models.get_model_info(models[0].model_uri)
assert info.signature.inputs.input_names() == list(x.columns)
artifacts = {one.path for one in mlflow.MlflowClient().list_artifacts(run.info.run_id)}
assert "training_confusion_matrix.png" in artifacts or "estimator.html" in artifacts, artifacts

mlflow.sklearn.autolog(log_models=False)
with mlflow.start_run() as search:
    GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}, cv=2).fit(x, y)
children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{search.info.run_id}'", output_format="list")
assert {child.data.params["max_depth"] for child in children} == {"1", "2", "3"}, children
assert mlflow.get_run(search.info.run_id).data.params["best_max_depth"] in {"2", "3"}
