"""OAuth of a program by the official SDK: the account, a workspace at its own URL and by the main listener, secrets."""

import os

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import DatabricksError

from workspaces import make_workspace, url_of, without_configuration

ID = os.environ["DATABRICKS_CLIENT_ID"]
SECRET = os.environ["DATABRICKS_CLIENT_SECRET"]
for name in ("TOKEN", "USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET", "AUTH_TYPE"):
    del os.environ[f"DATABRICKS_{name}"]
by_secret = {"client_id": ID, "client_secret": SECRET}


def refused(what):
    try:
        what()
        print("accepted")
    except (DatabricksError, ValueError) as error:
        print(type(error).__name__, without_configuration(error))


account = AccountClient(**by_secret)
print(account.config.auth_type, account.config.databricks_oidc_endpoints.token_endpoint)
workspace = make_workspace(account, deployment_name="sales")
url = url_of(account, workspace)
there = WorkspaceClient(host=url, **by_secret)
me = there.current_user.me()
print("there", me.user_name == ID, there.get_workspace_id() == workspace.workspace_id)
print("discovered", there.config.account_id == account.config.account_id, there.config.cloud)
main = WorkspaceClient(host=account.config.host, workspace_id=str(workspace.workspace_id), **by_secret)
print("main", main.current_user.me().user_name == ID)

made = account.service_principal_secrets.create(service_principal_id=int(me.id), lifetime="3600s")
print("made", made.status, len(made.secret))
second = AccountClient(client_id=ID, client_secret=made.secret)
print("second", len(list(second.workspaces.list())))
refused(lambda: list(there.service_principal_secrets_proxy.list(service_principal_id=me.id)))
proxied = main.service_principal_secrets_proxy.list(service_principal_id=me.id)
print("listed", [secret.id == made.id for secret in proxied])
account.service_principal_secrets.delete(service_principal_id=int(me.id), secret_id=made.id)
refused(lambda: list(second.workspaces.list()))
refused(lambda: list(AccountClient(client_id=ID, client_secret=made.secret).workspaces.list()))
