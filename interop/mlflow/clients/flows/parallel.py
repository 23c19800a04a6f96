"""Several processes log to the same run at once: nothing is lost and nothing is doubled."""

import multiprocessing
import sys

import mlflow
from mlflow.entities import Metric
from names import fresh

PROCESSES = 4
STEPS = 25


def work(run_id, worker):
    client = mlflow.MlflowClient()
    for step in range(STEPS):
        client.log_metric(run_id, "shared", worker + step / 100, step=step)
        client.log_batch(run_id, metrics=[Metric(f"own-{worker}", step, 1000 + step, step)])
    client.log_param(run_id, f"worker-{worker}", worker)
    client.set_tag(run_id, "last", str(worker))


if __name__ == "__main__":
    mlflow.set_experiment(fresh("parallel"))
    with mlflow.start_run() as run:
        context = multiprocessing.get_context("spawn")
        workers = [context.Process(target=work, args=(run.info.run_id, worker)) for worker in range(PROCESSES)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert all(worker.exitcode == 0 for worker in workers), [worker.exitcode for worker in workers]
    client = mlflow.MlflowClient()
    assert len(client.get_metric_history(run.info.run_id, "shared")) == PROCESSES * STEPS
    for worker in range(PROCESSES):
        own = client.get_metric_history(run.info.run_id, f"own-{worker}")
        assert sorted(point.step for point in own) == list(range(STEPS)), worker
    data = client.get_run(run.info.run_id).data
    assert {data.params[f"worker-{worker}"] for worker in range(PROCESSES)} == {str(worker) for worker in range(PROCESSES)}
    assert data.metrics["shared"] in {worker + (STEPS - 1) / 100 for worker in range(PROCESSES)}
    sys.exit(0)
