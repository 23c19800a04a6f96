"""Autologging of PyTorch, which MLflow does through Lightning's trainer."""

import tempfile

import mlflow
import pytorch_lightning as lightning
import torch
from names import fresh


class Net(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))

    def forward(self, x):
        return self.layers(x)

    def step(self, name, batch):
        loss = torch.nn.functional.mse_loss(self(batch[0]), batch[1])
        self.log(name, loss, on_step=False, on_epoch=True)
        return loss

    def training_step(self, batch, _):
        return self.step("loss", batch)

    def validation_step(self, batch, _):
        self.step("val_loss", batch)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.05)


lightning.seed_everything(7, verbose=False)
x = torch.randn(64, 3)
batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, x.sum(dim=1, keepdim=True)), batch_size=16)
mlflow.set_experiment(fresh("lightning"))
mlflow.pytorch.autolog(checkpoint_monitor="val_loss")
net = Net()
with tempfile.TemporaryDirectory() as folder:
    trainer = lightning.Trainer(max_epochs=3, logger=False, enable_progress_bar=False, default_root_dir=folder)
    with mlflow.start_run() as run:
        trainer.fit(net, batches, batches)
client = mlflow.MlflowClient()
read = client.get_run(run.info.run_id)
expected = {"epochs": "3", "lr": "0.05", "optimizer_name": "SGD"}
assert expected.items() <= read.data.params.items(), read.data.params
for key in ("loss", "val_loss"):
    history = client.get_metric_history(run.info.run_id, key)
    assert [point.step for point in history] == [0, 1, 2], (key, history)
assert read.data.metrics["loss"] == trainer.callback_metrics["loss"].item()
paths = {file.path for folder in (None, "checkpoints") for file in client.list_artifacts(run.info.run_id, folder)}
assert {"model_summary.txt", "checkpoints/latest_checkpoint.pth"} <= paths, paths
[logged] = mlflow.search_logged_models(filter_string=f"source_run_id = '{run.info.run_id}'", output_format="list")
assert torch.allclose(mlflow.pytorch.load_model(logged.model_uri)(x), net(x))
restored = mlflow.pytorch.load_checkpoint(Net, run.info.run_id)
assert torch.allclose(restored(x), net(x))
