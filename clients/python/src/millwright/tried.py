"""What was tried already: runs on the same data with the same or near parameters, before another one repeats them."""

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from .datasets import DatasetFile, project_path, request


class TriedRun(NamedTuple):
    run_id: str
    name: str
    experiment: str
    status: str
    # Epoch milliseconds.
    started_at: int
    # Every parameter is the same, but for seeds.
    same: bool
    # 0 for equal parameters, up to 1: the mean of the relative differences.
    distance: float
    # From a parameter to what was asked and what the run had.
    differences: Dict[str, Any]
    metrics: Dict[str, Any]


def _asked_data(dataset: Any) -> Dict[str, str]:
    if dataset is None:
        return {}
    if isinstance(dataset, DatasetFile):
        return {"datasetVersionId": dataset.version_id}
    if isinstance(dataset, str):
        return {"datasetVersionId": dataset} if dataset.startswith("dsv_") else {"datasetDigest": dataset}
    # A data set of MLflow, as `mlflow.data.from_pandas` makes it.
    digest = getattr(dataset, "digest", None)
    if not isinstance(digest, str):
        raise TypeError("dataset must be one of millwright.dataset or mlflow.data, a digest, or the id of a version")
    return {"datasetDigest": digest}


def already_tried(
    params: Mapping[str, Any],
    dataset: Any = None,
    *,
    experiment: Optional[str] = None,
    within: float = 0.1,
    limit: int = 10,
    project: Optional[str] = None,
) -> List[TriedRun]:
    """Runs on this data whose parameters are the same, or near: every number within `within` of the greater, the rest equal.

    Best first; empty where nothing like it was tried. `dataset`: what `millwright.dataset` or `mlflow.data` gave, a digest,
    or the id of a version; without it, runs of `experiment` (id or name) that name no data. Seeds do not count. Raises
    RuntimeError with what the server says against it.
    """
    body: Dict[str, Any] = {
        # As MLflow's client writes them down: True, None, 0.1.
        "parameters": {str(key): str(value) for key, value in params.items()},
        "within": within,
        "limit": limit,
        **_asked_data(dataset),
    }
    if experiment is not None:
        body["experiment"] = experiment
    reply = request("/projects/%s/runs/similar" % project_path(project), body=body).json()
    return [
        TriedRun(
            run_id=one["runId"],
            name=one["runName"],
            experiment=one["experimentName"],
            status=one["status"],
            started_at=one["startedAt"],
            same=one["same"],
            distance=one["distance"],
            differences={each["key"]: (each["asked"], each["had"]) for each in one["differences"]},
            metrics=one["metrics"],
        )
        for one in reply["items"]
    ]
