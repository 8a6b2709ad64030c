"""A log-in with a browser by the official SDK: a workspace, then its account, where the browser is still logged in."""

import os

from databricks.sdk import AccountClient, WorkspaceClient

USER = os.environ["DATABRICKS_USERNAME"]
WORKSPACE = os.environ["WORKSPACE_URL"]
HOST, ACCOUNT = os.environ["DATABRICKS_HOST"], os.environ["DATABRICKS_ACCOUNT_ID"]
for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
    del os.environ[name]

workspace = WorkspaceClient(host=WORKSPACE, auth_type="external-browser")
print(workspace.current_user.me().user_name == USER, workspace.config.auth_type)
account = AccountClient(host=HOST, account_id=ACCOUNT, auth_type="external-browser")
print(len(list(account.workspaces.list())))

# From here on nothing is shown to anybody: tokens are kept.
os.environ["BROWSER"] = "false %s"
again = WorkspaceClient(host=WORKSPACE, auth_type="external-browser")
print(again.current_user.me().user_name == USER)
