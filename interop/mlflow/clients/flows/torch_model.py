"""A PyTorch model, logged by hand and served as a Python function."""

import mlflow
import numpy as np
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
    requirements = [f"torch=={torch.__version__.split('+')[0]}"]
    info = mlflow.pytorch.log_model(model, name="net", input_example=x[:2].numpy(), pip_requirements=requirements)
expected = model(x).detach().numpy()
assert np.allclose(mlflow.pytorch.load_model(info.model_uri)(x).detach().numpy(), expected, atol=1e-6)
assert np.allclose(mlflow.pyfunc.load_model(info.model_uri).predict(x.numpy()), expected, atol=1e-6)
client = mlflow.MlflowClient()
assert len(client.get_metric_history(run.info.run_id, "loss")) == 5
assert client.get_logged_model(info.model_id).source_run_id == run.info.run_id
