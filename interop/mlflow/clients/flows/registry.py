"""The registry through MlflowClient: models, versions, tags, aliases, stages, search and latest versions."""

import mlflow
from names import fresh

client = mlflow.MlflowClient()
name = fresh("churn")
experiment = client.create_experiment(fresh("registry"))
run_id = client.create_run(experiment).info.run_id

client.create_registered_model(name, tags={"team": "red"}, description="who leaves")
for index in range(3):
    client.create_model_version(name, source=f"runs:/{run_id}/model-{index}", run_id=run_id, tags={"index": str(index)})
model = client.get_registered_model(name)
assert model.description == "who leaves" and model.tags == {"team": "red"}
client.update_registered_model(name, description="who stays")
client.update_model_version(name, "2", description="better")
assert client.get_model_version(name, "2").description == "better"
assert client.get_model_version(name, "2").tags == {"index": "1"}
assert client.get_model_version(name, "2").status == "READY"
assert client.get_model_version_download_uri(name, "1") == f"runs:/{run_id}/model-0"

client.set_registered_model_tag(name, "stage", "ü")
client.delete_registered_model_tag(name, "team")
assert client.get_registered_model(name).tags == {"stage": "ü"}
client.set_model_version_tag(name, "1", "checked", "yes")
client.delete_model_version_tag(name, "1", "index")
assert client.get_model_version(name, "1").tags == {"checked": "yes"}

client.transition_model_version_stage(name, "1", "Production")
client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
assert client.get_model_version(name, "1").current_stage == "Archived"
latest = {one.current_stage: int(one.version) for one in client.get_latest_versions(name)}
assert latest == {"Archived": 1, "Production": 2, "None": 3}, latest

client.set_registered_model_alias(name, "champion", "3")
client.set_registered_model_alias(name, "blue", "3")
assert client.get_model_version_by_alias(name, "champion").version in ("3", 3)
assert sorted(client.get_model_version(name, "3").aliases) == ["blue", "champion"]
assert {alias: int(version) for alias, version in client.get_registered_model(name).aliases.items()} == {"blue": 3, "champion": 3}
for wrong in ["latest", "v1", "a b", ""]:
    try:
        client.set_registered_model_alias(name, wrong, "1")
        raise AssertionError(f"took the alias {wrong!r}")
    except mlflow.MlflowException as error:
        assert error.error_code == "INVALID_PARAMETER_VALUE", error

assert [one.name for one in client.search_registered_models(f"name = '{name}'")] == [name]
assert [one.name for one in client.search_registered_models(f"name ILIKE '{name.upper()}' AND tags.stage = 'ü'")] == [name]
versions = client.search_model_versions(f"name = '{name}' AND run_id = '{run_id}'", order_by=["version_number DESC"])
assert [int(one.version) for one in versions] == [3, 2, 1]
assert [int(one.version) for one in client.search_model_versions(f"name = '{name}' AND tags.checked = 'yes'")] == [1]
first = client.search_model_versions(f"name = '{name}'", max_results=2, order_by=["version_number ASC"])
rest = client.search_model_versions(f"name = '{name}'", max_results=2, order_by=["version_number ASC"], page_token=first.token)
assert [int(one.version) for one in [*first, *rest]] == [1, 2, 3] and not rest.token

try:
    client.create_registered_model(name)
    raise AssertionError("the same name twice")
except mlflow.MlflowException as error:
    assert error.error_code == "RESOURCE_ALREADY_EXISTS", error
client.delete_model_version(name, "3")
assert int(client.create_model_version(name, source=f"runs:/{run_id}/model-4", run_id=run_id).version) == 4, "numbers are not used again"
renamed = fresh("churn-renamed")
client.rename_registered_model(name, renamed)
assert len(client.search_model_versions(f"name = '{renamed}'")) == 3
client.delete_registered_model(renamed)
try:
    client.get_registered_model(renamed)
    raise AssertionError("the model is still there")
except mlflow.MlflowException as error:
    assert error.error_code == "RESOURCE_DOES_NOT_EXIST", error
