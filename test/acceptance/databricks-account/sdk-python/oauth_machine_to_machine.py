"""OAuth of a program by the official SDK: the account, a workspace at its own URL and by the main listener, secrets."""

import os

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.provisioning import CreateCredentialAwsCredentials, CreateCredentialStsRole, RootBucketInfo

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
        # What the SDK adds is its own configuration.
        print(type(error).__name__, str(error).partition(" Config:")[0])


account = AccountClient(**by_secret)
print(account.config.auth_type, account.config.databricks_oidc_endpoints.token_endpoint)
credentials = account.credentials.create(
    credentials_name="role",
    aws_credentials=CreateCredentialAwsCredentials(
        sts_role=CreateCredentialStsRole(role_arn="arn:aws:iam::123456789012:role/role")
    ),
).credentials_id
storage = account.storage.create(
    storage_configuration_name="root", root_bucket_info=RootBucketInfo(bucket_name="root-bucket")
).storage_configuration_id
workspace = account.workspaces.create_and_wait(
    workspace_name="Sales",
    deployment_name="sales",
    aws_region="us-west-2",
    credentials_id=credentials,
    storage_configuration_id=storage,
)
path = f"/api/2.0/accounts/{account.config.account_id}/workspaces/{workspace.workspace_id}"
url = account.api_client.do("GET", path)["workspace_url"]
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
