"""Logging as a user: with the credentials the environment holds, which the server checks. EXPECT=refused when it must not."""

import os
import sys

os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"

import mlflow
from names import fresh

try:
    experiment = mlflow.set_experiment(fresh("sign-in"))
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.5)
        mlflow.log_text("hello", "hello.txt")
    assert mlflow.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
    assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/hello.txt") == "hello"
    outcome = "accepted"
except mlflow.MlflowException as error:
    assert "401" in str(error) or "403" in str(error) or error.error_code in ("UNAUTHENTICATED", "PERMISSION_DENIED"), error
    outcome = "refused"
assert outcome == os.environ["EXPECT"], outcome
sys.exit(0)
