"""The official SDK over HTTPS: an account, a workspace at its own URL and by the main listener, tokens and OAuth."""

import os
import sys

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.service.provisioning import CreateCredentialAwsCredentials, CreateCredentialStsRole, RootBucketInfo

PAIR = dict(client_id=os.environ.pop("DATABRICKS_CLIENT_ID"), client_secret=os.environ.pop("DATABRICKS_CLIENT_SECRET"))
for name in ("DATABRICKS_USERNAME", "DATABRICKS_PASSWORD", "DATABRICKS_AUTH_TYPE"):
    del os.environ[name]
TOKEN = os.environ.pop("DATABRICKS_TOKEN")
HOST = os.environ.pop("DATABRICKS_HOST")

account = AccountClient(host=HOST, token=TOKEN)
role = CreateCredentialStsRole(role_arn="arn:aws:iam::123456789012:role/role")
workspace = account.workspaces.create_and_wait(
    workspace_name="Sales",
    deployment_name="Sales",
    aws_region="us-west-2",
    credentials_id=account.credentials.create(
        credentials_name="role", aws_credentials=CreateCredentialAwsCredentials(sts_role=role)
    ).credentials_id,
    storage_configuration_id=account.storage.create(
        storage_configuration_name="root", root_bucket_info=RootBucketInfo(bucket_name="root-bucket")
    ).storage_configuration_id,
)
path = f"/api/2.0/accounts/{account.config.account_id}/workspaces/{workspace.workspace_id}"
url = account.api_client.do("GET", path)["workspace_url"]
print("workspace", url)
for where, host in [("there", url), *[("also", url.replace("localhost", each)) for each in sys.argv[1:]]]:
    there = WorkspaceClient(host=host, token=TOKEN)
    print(where, host, there.current_user.me().user_name, there.get_workspace_id() == workspace.workspace_id)
    robot = WorkspaceClient(host=host, **PAIR)
    print(where, "by OAuth", robot.config.auth_type, robot.current_user.me().user_name == PAIR["client_id"])
main = WorkspaceClient(host=HOST, workspace_id=str(workspace.workspace_id), token=TOKEN)
print("by the main listener", main.current_user.me().user_name)
made = main.tokens.create(comment="mine", lifetime_seconds=3600).token_value
alone = WorkspaceClient(host=HOST, token=made)
print("by its token alone", alone.current_user.me().user_name, alone.get_workspace_id() == workspace.workspace_id)
by_oauth = AccountClient(host=HOST, **PAIR)
print("account by OAuth", [each.workspace_name for each in by_oauth.workspaces.list()])
