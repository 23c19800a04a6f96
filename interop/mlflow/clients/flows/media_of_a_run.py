"""Images, tables, texts, sounds, confusion matrices and curves by our package, in MLflow's layouts where it has them."""

import io
import json
import tempfile
import wave

import millwright
import mlflow
import numpy as np
import pandas as pd
from names import fresh

client = mlflow.MlflowClient()


def content_of(run_id, path):
    with tempfile.TemporaryDirectory() as place:
        with open(client.download_artifacts(run_id, path, place), "rb") as file:
            return file.read()


def refused(error, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except error:
        return
    raise AssertionError(f"{function.__name__} took {arguments} {options}")


mlflow.set_experiment(fresh("media"))
with mlflow.start_run() as run:
    run_id = run.info.run_id
    for step in range(3):
        millwright.log_image("samples/val", np.full((8, 12, 3), 40 * step, dtype=np.uint8), step=step)
    table = pd.DataFrame({"text": ["a", "b"], "score": [0.5, 1.0]})
    assert millwright.log_table("worst cases", table, step=2) == "millwright/media/tables/worst cases/2.json"
    millwright.log_text("sample", "Ünicode\n", step=1)
    millwright.log_audio("tone", np.sin(np.arange(800) / 5), 8000)
    millwright.log_audio("stereo", np.zeros((10, 2)), 44100, step=1)
    millwright.log_confusion_matrix("val", y_true=["cat", "dog", "dog"], y_pred=["cat", "cat", "dog"])
    millwright.log_curve("roc", {"val": [0, 0.1, 1]}, {"val": [0, np.float32(0.8), np.nan]}, kind="roc", score=0.9)
    refused(ValueError, millwright.log_text, "a\\b", "x")
    refused(ValueError, millwright.log_text, "..", "x")
    refused(ValueError, millwright.log_curve, "x", [1], [1, 2])
    refused(ValueError, millwright.log_confusion_matrix, "x", [[1, 2]])

images = [one.path for one in client.list_artifacts(run_id, "images")]
assert sum(path.endswith(".png") and "samples~val" in path for path in images) == 3, images
assert mlflow.load_table("millwright/media/tables/worst cases/2.json", run_ids=[run_id])["score"].tolist() == [0.5, 1.0]
assert content_of(run_id, "millwright/media/texts/sample/1.txt").decode() == "Ünicode\n"
with wave.open(io.BytesIO(content_of(run_id, "millwright/media/audio/tone/0.wav"))) as sound:
    assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (1, 8000, 800)
with wave.open(io.BytesIO(content_of(run_id, "millwright/media/audio/stereo/1.wav"))) as sound:
    assert (sound.getnchannels(), sound.getnframes()) == (2, 10)
matrix = json.loads(content_of(run_id, "millwright/media/confusion-matrices/val/0.json"))
assert matrix == {"labels": ["cat", "dog"], "counts": [[1, 0], [1, 1]]}, matrix
curve = json.loads(content_of(run_id, "millwright/media/curves/roc/0.json"))
assert curve["xLabel"] == "False positive rate" and curve["series"][0]["y"][2] is None, curve
assert abs(curve["series"][0]["y"][1] - 0.8) < 1e-6 and curve["series"][0]["score"] == 0.9, curve
