"""Large files: sent in parts, read in ranges, each by an address that the server signed; and gone on with after a cut."""

import hashlib
import os
import tempfile
from pathlib import Path

part = 5 * 1024 * 1024
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(part)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(part)
os.environ["MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE"] = str(part)

import mlflow  # noqa: E402
import requests  # noqa: E402
from mlflow.store.artifact import http_artifact_repo  # noqa: E402
from names import fresh  # noqa: E402

sent = []
original = http_artifact_repo.requests.put
http_artifact_repo.requests.put = lambda url, **rest: sent.append(url) or original(url, **rest)

mlflow.set_experiment(fresh("large files"))
content = os.urandom(4 * part + 12_345)
digest = hashlib.sha256(content).hexdigest()

with tempfile.TemporaryDirectory() as folder:
    local = Path(folder)
    (local / "weights.bin").write_bytes(content)
    (local / "small.txt").write_text("in one piece")
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(local / "weights.bin"), "model")
        assert len(sent) == 5, sent
        mlflow.log_artifact(str(local / "small.txt"))
        assert len(sent) == 5, sent
        # Again: another upload takes the place of the file.
        mlflow.log_artifact(str(local / "weights.bin"), "model")
        assert len(sent) == 10
        mlflow.log_artifacts(folder, "all of it")

    run_id = run.info.run_id
    for path in ("model/weights.bin", "all of it/weights.bin"):
        back = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=path, dst_path=folder + "/back"))
        assert hashlib.sha256(back.read_bytes()).hexdigest() == digest, path
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/small.txt") == "in one piece"
    listed = {info.path: info.file_size for info in mlflow.MlflowClient().list_artifacts(run_id, "model")}
    assert listed == {"model/weights.bin": len(content)}, listed

    # A download that is cut goes on where it stopped, and finds the same bytes.
    tracking = mlflow.get_tracking_uri()
    root = run.info.artifact_uri.split("mlflow-artifacts:/", 1)[1].lstrip("/")
    address = f"{tracking}/api/2.0/mlflow-artifacts/artifacts/{root}/model/weights.bin"
    with requests.get(address, stream=True) as first:
        etag = first.headers["ETag"]
        kept = next(first.iter_content(part + 17))
    rest = requests.get(address, headers={"Range": f"bytes={len(kept)}-", "If-Range": etag})
    assert rest.status_code == 206, rest.status_code
    assert hashlib.sha256(kept + rest.content).hexdigest() == digest
    changed = requests.get(address, headers={"Range": "bytes=10-", "If-Range": '"other"'})
    assert (changed.status_code, len(changed.content)) == (200, len(content))

    # An address for a part is good for that part of that upload, and for nothing once the upload is done.
    assert requests.put(sent[0], data=b"late").status_code == 400
    assert requests.put(sent[0] + "x", data=b"forged").status_code == 403
    presigned = requests.post(
        f"{tracking}/api/2.0/mlflow/artifacts/presigned-download-url", json={"run_id": run_id, "path": "model/weights.bin"}
    ).json()
    assert presigned["file_size"] == len(content)
    assert hashlib.sha256(requests.get(presigned["presigned_url"]).content).hexdigest() == digest

    # What fails on the way leaves nothing.
    http_artifact_repo.requests.put = lambda url, **rest: original(url[:-3], **rest)
    try:
        mlflow.MlflowClient().log_artifact(run_id, str(local / "weights.bin"), "broken")
        raise AssertionError("a forged address was accepted")
    except Exception as error:
        assert "403" in str(error) or "part" in str(error), error
    assert mlflow.MlflowClient().list_artifacts(run_id, "broken") == []
