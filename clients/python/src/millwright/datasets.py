"""Reads a version of a data set from Millwright, checked, and says in the active run that it was read."""

import hashlib
import json
import os
import re
import tempfile
from typing import Any, Dict, NamedTuple, Optional, Union
from urllib.parse import quote

_name = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")
_digest = re.compile(r"^sha256:([0-9a-f]{64})$")
_SOURCE_TYPE = "millwright"


class DatasetFile(NamedTuple):
    name: str
    version: int
    version_id: str
    digest: str
    # A Parquet file in the cache; it is shared, do not write to it.
    path: str

    def pandas(self, **options: Any) -> Any:
        import pandas

        return pandas.read_parquet(self.path, **options)


def request(path: str, stream: bool = False, body: Optional[Dict[str, Any]] = None) -> Any:
    """With the address and the credentials MLflow's client has; with a body it is posted."""
    from mlflow.tracking._tracking_service.utils import _get_store
    from mlflow.utils.rest_utils import http_request

    store = _get_store()
    if not hasattr(store, "get_host_creds"):
        raise RuntimeError("This asks a server: set MLFLOW_TRACKING_URI to the address of Millwright")
    method = "GET" if body is None else "POST"
    options: Dict[str, Any] = {} if body is None else {"json": body}
    reply = http_request(
        store.get_host_creds(), "/api/v1" + path, method, stream=stream, raise_on_status=False, **options
    )
    if reply.status_code != 200:
        try:
            told = reply.json().get("detail") or reply.json().get("title")
        except ValueError:
            told = None
        raise RuntimeError(
            "Millwright answered %d to %s /api/v1%s: %s" % (reply.status_code, method, path, told or reply.reason)
        )
    return reply


def project_path(project: Optional[str]) -> str:
    return quote(project or os.environ.get("MLFLOW_WORKSPACE") or "default", safe="")


def _version(project: str, name: str, version: Union[int, str, None]) -> Dict[str, Any]:
    if isinstance(version, str) and version.startswith("dsv_"):
        return request("/projects/%s/dataset-versions/%s" % (project, quote(version, safe=""))).json()
    cursor = ""
    while True:
        query = "?limit=1000" + ("&cursor=" + quote(cursor) if cursor else "")
        page = request("/projects/%s/datasets/%s/versions%s" % (project, name, query)).json()
        for one in page["items"]:
            if version is None or one["number"] == int(version):
                return one
        cursor = page.get("nextCursor") or ""
        if not cursor:
            raise LookupError("The data set %r has no version %s" % (name, "at all" if version is None else version))


def _cached(project: str, found: Dict[str, Any]) -> str:
    match = _digest.match(str(found["digest"]))
    if not match:
        raise RuntimeError("Millwright gave no digest for the version")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(home, "millwright", "datasets")
    path = os.path.join(folder, match.group(1) + ".parquet")
    if os.path.exists(path) and _digest_of(path) == match.group(1):
        return path
    os.makedirs(folder, exist_ok=True)
    reply = request("/projects/%s/dataset-versions/%s/content" % (project, quote(found["id"], safe="")), stream=True)
    # Beside it first: two processes may fetch the same, and a cut download must not look whole.
    handle, partial = tempfile.mkstemp(dir=folder, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in reply.iter_content(1024 * 1024):
                file.write(piece)
        if _digest_of(partial) != match.group(1):
            raise RuntimeError("The content of %s version %s is not what its digest says" % (found["datasetName"], found["number"]))
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)
    return path


def _digest_of(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1024 * 1024), b""):
            digest.update(piece)
    return digest.hexdigest()


def dataset(
    name: str, version: Union[int, str, None] = None, context: str = "train", project: Optional[str] = None
) -> DatasetFile:
    """
    Downloads a version (its number or id; default the newest) into a cache and logs it as an input of the active run.
    Errors: RuntimeError where the server refuses, LookupError where there is no such version.
    """
    if not _name.match(name):
        raise ValueError("%r is no name of a data set" % (name,))
    place = project_path(project)
    found = _version(place, name, version)
    file = DatasetFile(found["datasetName"], found["number"], found["id"], found["digest"], _cached(place, found))
    import mlflow

    active = mlflow.active_run()
    if active:
        _log(active.info.run_id, file, context, place)
    return file


def _log(run_id: str, file: DatasetFile, context: str, project: str) -> None:
    import mlflow
    from mlflow.entities import Dataset, DatasetInput, InputTag

    source = {"project": project, "dataset": file.name, "version": file.version, "versionId": file.version_id, "digest": file.digest}
    # MLflow's field takes 36 characters.
    described = Dataset(file.name, file.digest[len("sha256:") :][:32], _SOURCE_TYPE, json.dumps(source), None, None)
    tags = [InputTag("mlflow.data.context", context)]
    mlflow.MlflowClient().log_inputs(run_id, datasets=[DatasetInput(described, tags)])
