"""A workspace by the official SDK: made, used at its own URL and by the main listener, changed, deleted."""

import time

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import NotFound

from workspaces import make_credentials, make_storage, refused, url_of

account = AccountClient()


first = make_credentials(account, "first")
second = make_credentials(account, "second")
storage = make_storage(account)

waiter = account.workspaces.create(
    workspace_name="Sales",
    deployment_name="ABCSales",
    aws_region="us-west-2",
    credentials_id=first,
    storage_configuration_id=storage,
)
print("answered", waiter.response.workspace_status.value, waiter.response.workspace_status_message)
workspace = waiter.result()
print("then", workspace.workspace_status.value, workspace.workspace_status_message)
print(workspace.deployment_name, workspace.pricing_tier.value, workspace.aws_region)

path = f"/api/2.0/accounts/{account.config.account_id}/workspaces/{workspace.workspace_id}"
url = url_of(account, workspace)
there = WorkspaceClient(host=url)
print("me", there.current_user.me().user_name, there.get_workspace_id() == workspace.workspace_id)
# The main listener serves it too, by its id.
main = WorkspaceClient(host=account.config.host, workspace_id=str(workspace.workspace_id))
print("me", main.current_user.me().user_name)

refused(account.credentials.delete, first)
refused(
    account.workspaces.create,
    workspace_name="Twin",
    deployment_name="abcsales",
    aws_region="us-west-2",
    credentials_id=first,
    storage_configuration_id=storage,
)
refused(
    account.workspaces.create,
    workspace_name="Nowhere",
    aws_region="mars-1",
    credentials_id=first,
    storage_configuration_id=storage,
)
refused(account.workspaces.create, workspace_name="Bare", aws_region="us-west-2")

account.api_client.do("PATCH", path, body={"credentials_id": second})
for _ in range(100):
    changed = account.workspaces.get(workspace.workspace_id)
    if changed.workspace_status.value == "RUNNING":
        break
    time.sleep(0.1)
print("changed", changed.credentials_id == second)
account.credentials.delete(first)
account.workspaces.delete(workspace.workspace_id)
for _ in range(100):
    try:
        account.workspaces.get(workspace.workspace_id)
        time.sleep(0.1)
    except NotFound as error:
        print("gone", error)
        break
account.credentials.delete(second)
account.storage.delete(storage)
print("left", list(account.workspaces.list()))
