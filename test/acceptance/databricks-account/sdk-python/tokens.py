"""Personal access tokens and Basic by the official SDK: made, used, listed, managed by an administrator, revoked."""

import os

from databricks.sdk import AccountClient, WorkspaceClient

from workspaces import make_workspace, refused, url_of

PAIRS = [
    dict(username=os.environ.pop("DATABRICKS_USERNAME"), password=os.environ.pop("DATABRICKS_PASSWORD")),
    dict(client_id=os.environ.pop("DATABRICKS_CLIENT_ID"), client_secret=os.environ.pop("DATABRICKS_CLIENT_SECRET")),
]
TOKEN = os.environ.pop("DATABRICKS_TOKEN")
del os.environ["DATABRICKS_AUTH_TYPE"]


account = AccountClient(token=TOKEN)
workspace = make_workspace(account, deployment_name="sales")
url = url_of(account, workspace)

for pair in PAIRS:
    client = WorkspaceClient(host=url, **pair)
    print(client.config.auth_type, client.current_user.me().user_name)
admin = WorkspaceClient(host=url, **PAIRS[0])
robot = PAIRS[1]["client_id"]

made = admin.tokens.create(comment="mine", lifetime_seconds=3600)
mine = WorkspaceClient(host=url, token=made.token_value)
print("mine", mine.current_user.me().user_name, [token.comment for token in mine.tokens.list()])
refused(lambda: AccountClient(host=account.config.host, token=made.token_value).workspaces.list())

obo = admin.token_management.create_obo_token(application_id=robot, comment="robot", lifetime_seconds=3600)
print("robot", WorkspaceClient(host=url, token=obo.token_value).current_user.me().user_name == robot)
tokens = {token.comment: token for token in admin.token_management.list()}
print(sorted(tokens), tokens["robot"].workspace_id == workspace.workspace_id, tokens["robot"].last_used_day % 86_400_000)
admin.token_management.delete(obo.token_info.token_id)
refused(lambda: WorkspaceClient(host=url, token=obo.token_value).current_user.me())
refused(lambda: admin.tokens.delete(obo.token_info.token_id))
refused(lambda: admin.tokens.create(lifetime_seconds=10**9))
admin.tokens.delete(made.token_info.token_id)
refused(lambda: mine.current_user.me())
refused(lambda: WorkspaceClient(host=url, username="admin@firesteel.local", password="wrong").current_user.me())
