"""Lets MLflow's client record what a run ran on. MLflow loads it by its entry points; nothing has to be called."""

from .datasets import DatasetFile, dataset
from .media import log_audio, log_confusion_matrix, log_curve, log_image, log_table, log_text
from .seeds import seed
from .tried import TriedRun, already_tried
from .version import __version__

__all__ = [
    "DatasetFile",
    "TriedRun",
    "__version__",
    "already_tried",
    "dataset",
    "log_audio",
    "log_confusion_matrix",
    "log_curve",
    "log_image",
    "log_table",
    "log_text",
    "seed",
]
