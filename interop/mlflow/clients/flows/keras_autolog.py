"""Autologging of Keras, which computes with JAX here."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import mlflow
import numpy as np
from names import fresh

mlflow.set_experiment(fresh("keras"))
mlflow.keras.autolog()
random = np.random.default_rng(0)
x = random.normal(size=(64, 3)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32")
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
with mlflow.start_run() as run:
    model.fit(x, y, epochs=3, batch_size=16, verbose=0)
client = mlflow.MlflowClient()
read = client.get_run(run.info.run_id)
assert read.data.params["epochs"] == "3", read.data.params
assert len(client.get_metric_history(run.info.run_id, "loss")) == 3, read.data.metrics
[logged] = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
loaded = mlflow.keras.load_model(logged.model_uri)
assert np.allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5)
