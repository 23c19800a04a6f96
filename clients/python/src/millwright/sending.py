"""Tags, metrics and files of one run, over MLflow's client as it was configured when the run started."""

import os
import posixpath
import tempfile
from typing import Any, Dict


class Sender:
    def __init__(self, run_id: str) -> None:
        import mlflow

        self.run_id = run_id
        self._client: Any = mlflow.MlflowClient(mlflow.get_tracking_uri())

    def tags(self, tags: Dict[str, str]) -> None:
        from mlflow.entities import RunTag

        if tags:
            self._client.log_batch(self.run_id, tags=[RunTag(key, value) for key, value in tags.items()])

    def metrics(self, metrics: Dict[str, float], step: int, at_ms: int) -> None:
        from mlflow.entities import Metric

        points = [Metric(key, value, at_ms, step) for key, value in metrics.items()]
        self._client.log_batch(self.run_id, metrics=points)

    def file(self, path: str, content: bytes) -> None:
        folder, name = posixpath.split(path)
        with tempfile.TemporaryDirectory(prefix="millwright-") as temporary:
            local = os.path.join(temporary, name)
            with open(local, "wb") as file:
                file.write(content)
            self._client.log_artifact(self.run_id, local, folder or None)
