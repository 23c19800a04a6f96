"""Images, tables, texts, sounds, confusion matrices and curves of a run, by name and step."""

import io
import json
import math
import re
import wave
from typing import Any, Dict, List, Optional, Sequence

from .conventions import FILES
from .sending import Sender

_name = re.compile(r"^[A-Za-z0-9_\-./ ]{1,120}$")
_KINDS = ("roc", "precision-recall", "calibration", "line")


def _path(folder: str, name: str, step: int, ending: str) -> str:
    """Checked as MLflow checks the keys of images, whose files have `~` for a slash too."""
    if not isinstance(name, str) or not _name.match(name) or set(name) <= {".", "/", " "}:
        raise ValueError("A name has letters, digits and _ - . / and spaces, at most 120, got %r" % (name,))
    return "%s%s/%d.%s" % (FILES[folder], name.replace("/", "~"), int(step), ending)


def _run_id(run_id: Optional[str]) -> str:
    if run_id:
        return run_id
    import mlflow

    active = mlflow.active_run()
    if active is None:
        raise RuntimeError("There is no active run: log inside `with mlflow.start_run():`, or pass run_id=")
    return active.info.run_id


def _send(run_id: Optional[str], path: str, content: bytes) -> str:
    Sender(_run_id(run_id)).file(path, content)
    return path


def _plain(value: Any) -> Any:
    """Numbers of NumPy and tensors as lists of Python's own; what is no number in JSON as null."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def log_image(name: str, image: Any, step: int = 0, run_id: Optional[str] = None) -> None:
    """As `mlflow.log_image(image, key=name, step=step)`: a NumPy array, a PIL image or an `mlflow.Image`."""
    import mlflow

    mlflow.MlflowClient().log_image(_run_id(run_id), image, key=name, step=step)


def log_table(name: str, table: Any, step: int = 0, run_id: Optional[str] = None) -> str:
    """As `mlflow.log_table`: a data frame, or a dictionary of columns. Rows logged again are appended."""
    import mlflow

    path = _path("tables", name, step, "json")
    mlflow.MlflowClient().log_table(_run_id(run_id), table, path)
    return path


def log_text(name: str, text: str, step: int = 0, run_id: Optional[str] = None) -> str:
    return _send(run_id, _path("texts", name, step, "txt"), text.encode("utf-8"))


def log_audio(name: str, samples: Any, rate: int, step: int = 0, run_id: Optional[str] = None) -> str:
    """`samples`: -1 to 1, one channel or (samples, channels); or the bytes of a WAV file, with its rate."""
    path = _path("audio", name, step, "wav")
    return _send(run_id, path, samples if isinstance(samples, bytes) else _wav(samples, rate))


def _wav(samples: Any, rate: int) -> bytes:
    import array
    import sys

    rows = _plain(samples)
    channels = len(rows[0]) if rows and isinstance(rows[0], list) else 1
    flat = [value for row in rows for value in row] if channels > 1 else [r[0] if isinstance(r, list) else r for r in rows]
    levels = array.array("h", (round(max(-1.0, min(1.0, float(value or 0))) * 32767) for value in flat))
    if sys.byteorder == "big":
        levels.byteswap()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(int(rate))
        file.writeframes(levels.tobytes())
    return buffer.getvalue()


def log_confusion_matrix(
    name: str,
    matrix: Any = None,
    labels: Optional[Sequence[Any]] = None,
    *,
    y_true: Optional[Sequence[Any]] = None,
    y_pred: Optional[Sequence[Any]] = None,
    step: int = 0,
    run_id: Optional[str] = None,
) -> str:
    """Counts by true class (rows) and predicted class (columns), or the true and the predicted class of each case."""
    if matrix is None:
        if y_true is None or y_pred is None:
            raise ValueError("Pass a matrix of counts, or y_true= and y_pred=")
        counts, names = _count(_plain(list(y_true)), _plain(list(y_pred)), labels)
    else:
        counts = [[int(value) for value in row] for row in _plain(matrix)]
        names = [str(one) for one in (labels if labels is not None else range(len(counts)))]
    if not counts or len(names) != len(counts) or any(len(row) != len(counts) for row in counts):
        raise ValueError("A confusion matrix is square, with one label for each class")
    content = {"labels": names, "counts": counts}
    return _send(run_id, _path("confusionMatrices", name, step, "json"), json.dumps(content).encode())


def _count(truth: List[Any], predicted: List[Any], labels: Optional[Sequence[Any]]) -> Any:
    if len(truth) != len(predicted):
        raise ValueError("y_true has %d cases, y_pred has %d" % (len(truth), len(predicted)))
    known = list(labels) if labels is not None else sorted({*truth, *predicted}, key=lambda one: (str(type(one)), one))
    at: Dict[Any, int] = {one: index for index, one in enumerate(known)}
    counts = [[0] * len(known) for _ in known]
    for true, one in zip(truth, predicted):
        counts[at[true]][at[one]] += 1
    return counts, [str(one) for one in known]


def log_curve(
    name: str,
    x: Any,
    y: Any,
    *,
    kind: str = "line",
    x_label: str = "x",
    y_label: str = "y",
    series: str = "",
    score: Optional[float] = None,
    step: int = 0,
    run_id: Optional[str] = None,
) -> str:
    """
    One curve, or several when `x` and `y` are dictionaries by the name of the series. `kind`: roc (false and true positive
    rate), precision-recall (recall, precision), calibration (predicted, observed) or line.
    """
    if kind not in _KINDS:
        raise ValueError("kind is one of %s, got %r" % (", ".join(_KINDS), kind))
    each_x = x if isinstance(x, dict) else {series or name: x}
    each_y = y if isinstance(y, dict) else {series or name: y}
    if set(each_x) != set(each_y):
        raise ValueError("x and y name different series")
    standard = {
        "roc": ("False positive rate", "True positive rate"),
        "precision-recall": ("Recall", "Precision"),
        "calibration": ("Predicted", "Observed"),
    }
    labels = standard.get(kind, (x_label, y_label))
    lines = []
    for one, values in each_x.items():
        xs, ys = _plain(list(_plain(values))), _plain(list(_plain(each_y[one])))
        if len(xs) != len(ys):
            raise ValueError("%s: x has %d values, y has %d" % (one, len(xs), len(ys)))
        lines.append({"name": str(one), "x": xs, "y": ys, "score": None if score is None else float(score)})
    content = {"kind": kind, "xLabel": labels[0], "yLabel": labels[1], "series": lines}
    return _send(run_id, _path("curves", name, step, "json"), json.dumps(content).encode())
