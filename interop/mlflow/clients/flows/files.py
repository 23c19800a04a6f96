"""Files of a run: texts, dictionaries, figures, images, tables and folders, listed, downloaded and deleted."""

import json
import tempfile
from pathlib import Path

import matplotlib
import mlflow
import numpy as np
import pandas as pd
from names import fresh

matplotlib.use("Agg")
import matplotlib.pyplot as plt

mlflow.set_experiment(fresh("files"))
client = mlflow.MlflowClient()
big = bytes(range(256)) * 8192

with mlflow.start_run() as run, tempfile.TemporaryDirectory() as folder:
    run_id = run.info.run_id
    mlflow.log_text("größe 数 🙂", "texts/ü name.txt")
    mlflow.log_dict({"a": [1, 2.5, None]}, "config.json")
    mlflow.log_dict({"b": "c"}, "config.yaml")
    figure = plt.figure()
    plt.plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_image(np.zeros((8, 8, 3), dtype=np.uint8), "plots/black.png")
    mlflow.log_image(np.full((8, 8, 3), 255, dtype=np.uint8), key="frames", step=1)
    table = pd.DataFrame({"x": [1, 2], "y": ["a", "ü"]})
    mlflow.log_table(table, "tables/data.json")
    mlflow.log_table(table, "tables/data.json")
    (Path(folder) / "deep" / "er").mkdir(parents=True)
    (Path(folder) / "deep" / "er" / "big.bin").write_bytes(big)
    (Path(folder) / "empty").write_bytes(b"")
    mlflow.log_artifacts(folder, "tree")
    mlflow.log_artifact(str(Path(folder) / "empty"))

top = {one.path: one for one in client.list_artifacts(run_id)}
assert {"texts", "config.json", "config.yaml", "plots", "tables", "tree", "empty", "images"} <= set(top), top
assert top["texts"].is_dir and not top["config.json"].is_dir
assert not top["empty"].file_size and top["config.json"].file_size > 0
assert [one.path for one in client.list_artifacts(run_id, "texts")] == ["texts/ü name.txt"]
assert {one.path: one.file_size for one in client.list_artifacts(run_id, "tree/deep/er")} == {"tree/deep/er/big.bin": len(big)}
assert client.list_artifacts(run_id, "none") == []

uri = mlflow.get_run(run_id).info.artifact_uri
assert mlflow.artifacts.load_text(f"{uri}/texts/ü name.txt") == "größe 数 🙂"
assert mlflow.artifacts.load_dict(f"{uri}/config.json") == {"a": [1, 2.5, None]}
assert mlflow.artifacts.load_image(f"{uri}/plots/black.png").size == (8, 8)
rows = mlflow.load_table("tables/data.json", run_ids=[run_id])
assert list(rows["y"]) == ["a", "ü", "a", "ü"], rows
with tempfile.TemporaryDirectory() as folder:
    path = Path(mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=folder))
    assert (path / "tree" / "deep" / "er" / "big.bin").read_bytes() == big
    assert (path / "empty").read_bytes() == b""
    assert json.loads((path / "config.json").read_text()) == {"a": [1, 2.5, None]}
    one = mlflow.artifacts.download_artifacts(artifact_uri=f"runs:/{run_id}/tree/deep", dst_path=str(path / "again"))
    assert (Path(one) / "er" / "big.bin").read_bytes() == big

try:
    mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="none.txt")
    raise AssertionError("downloaded what is not there")
except Exception as error:
    assert "AssertionError" not in type(error).__name__, error
