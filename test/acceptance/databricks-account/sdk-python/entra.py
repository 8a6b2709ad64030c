"""Entra ID by the official SDK: a client secret of Azure's, at a directory of our own."""

import json
import os
import re

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.environments import AzureEnvironment, Cloud, DatabricksEnvironment
from databricks.sdk.errors import DatabricksError

from workspaces import make_workspace, url_of, without_configuration

ISSUER = os.environ["ISSUER"]
DIRECTORY, TENANT = re.fullmatch(r"(.*/)([^/]+)/", ISSUER).groups()
APPLICATION = "aaaaaaaa-1111-4222-8333-444444444444"
RESOURCE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Databricks/workspaces/sales"
HOST, ACCOUNT, TOKEN = (os.environ[f"DATABRICKS_{name}"] for name in ("HOST", "ACCOUNT_ID", "TOKEN"))
account = AccountClient(host=HOST, account_id=ACCOUNT, token=TOKEN, auth_type="pat")
for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
    del os.environ[name]
azure = DatabricksEnvironment(
    Cloud.AZURE,
    ".azuredatabricks.example",
    azure_application_id="2ff814a6-3304-4ab8-85cb-cd0e6f879c1d",
    azure_environment=AzureEnvironment(
        name="TEST",
        service_management_endpoint="https://management.core.windows.net/",
        resource_manager_endpoint="https://management.azure.com/",
        active_directory_endpoint=DIRECTORY,
    ),
)


def client(host, **different):
    named = {
        "azure_client_id": APPLICATION,
        "azure_client_secret": "azure-secret",
        "azure_workspace_resource_id": RESOURCE,
        "auth_type": "azure-client-secret",
        **different,
    }
    return WorkspaceClient(config=Config(host=host, databricks_environment=azure, **named))


def refused(what):
    try:
        what()
        print("accepted")
    except (DatabricksError, ValueError) as error:
        message = without_configuration(error)
        print(type(error).__name__, message)
        return message


workspace = make_workspace(account)
url = url_of(account, workspace)

# The tenant is named by nobody: the workspace says it.
there = client(url)
print("tenant", there.config.azure_tenant_id == TENANT)
message = refused(there.current_user.me)
path, body = re.search(r"POST (\S+) with ({.*})", message).groups()
admin = WorkspaceClient(host=url, token=TOKEN, auth_type="pat")
admin.api_client.do("POST", path, body=json.loads(body))
print("there", there.current_user.me().user_name)
refused(client(url, azure_workspace_resource_id="sales").current_user.me)
refused(client(url, azure_client_secret="wrong").current_user.me)
