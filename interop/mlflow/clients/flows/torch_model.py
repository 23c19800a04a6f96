"""A PyTorch model, logged by hand. Says so where PyTorch is not installed."""

import importlib.util
import sys

if importlib.util.find_spec("torch") is None:
    print("SKIPPED: PyTorch is not installed")
    sys.exit(0)

import mlflow
import torch
from names import fresh

mlflow.set_experiment(fresh("torch"))
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
x = torch.randn(32, 3)
y = x.sum(dim=1, keepdim=True)
with mlflow.start_run() as run:
    for step in range(5):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        mlflow.log_metric("loss", loss.item(), step=step)
    info = mlflow.pytorch.log_model(model, name="net", input_example=x[:2].numpy())
assert torch.allclose(mlflow.pytorch.load_model(info.model_uri)(x), model(x))
assert len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")) == 5
