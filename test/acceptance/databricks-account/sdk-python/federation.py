"""Tokens of an identity provider by the official SDK: policies, and signing in by them in three ways and two levels."""

import json
import os
import urllib.request

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.config import Config
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.iam import WorkspacePermission
from databricks.sdk.service.oauth2 import FederationPolicy, OidcFederationPolicy

from workspaces import make_workspace, url_of, without_configuration

ISSUER = os.environ["ISSUER"]
SUBJECT = "repo:me/it:ref:refs/heads/main"
HOST, ACCOUNT, USER = (os.environ[f"DATABRICKS_{name}"] for name in ("HOST", "ACCOUNT_ID", "USERNAME"))
account = AccountClient(host=HOST, account_id=ACCOUNT, token=os.environ["DATABRICKS_TOKEN"], auth_type="pat")
for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
    del os.environ[name]


def provider_token(subject, audience):
    request = urllib.request.Request(f"{ISSUER}/token?sub={subject}&audience={audience}")
    request.add_header("authorization", "Bearer workflow")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["value"]


def refused(what):
    try:
        what()
        print("accepted")
    except (DatabricksError, ValueError) as error:
        print(type(error).__name__, without_configuration(error))


bot = account.service_principals.create(display_name="bot", active=True)
policies = account.service_principal_federation_policy
made = policies.create(
    int(bot.id),
    FederationPolicy(description="main", oidc_policy=OidcFederationPolicy(issuer=ISSUER, subject=SUBJECT)),
    policy_id="main-branch",
)
print(made.policy_id, made.service_principal_id == int(bot.id), made.name.endswith("/federationPolicies/main-branch"))
print(policies.get(int(bot.id), "main-branch") == made, [policy == made for policy in policies.list(int(bot.id))])
refused(lambda: policies.create(int(bot.id), FederationPolicy(oidc_policy=OidcFederationPolicy(issuer=ISSUER))))
unknown = OidcFederationPolicy(issuer=f"{ISSUER}/unknown", subject="x")
refused(lambda: policies.create(int(bot.id), FederationPolicy(oidc_policy=unknown)))

workspace = make_workspace(account)
url = url_of(account, workspace)
by_github = {"host": url, "auth_type": "github-oidc", "client_id": bot.application_id}
refused(lambda: WorkspaceClient(**by_github).current_user.me())
account.workspace_assignment.update(workspace.workspace_id, int(bot.id), permissions=[WorkspacePermission.USER])
there = WorkspaceClient(**by_github)
print(there.config.auth_type, there.current_user.me().user_name == bot.application_id)

with open("token", "w") as file:
    file.write(provider_token(SUBJECT, ACCOUNT))
by_file = Config(**{**by_github, "auth_type": "file-oidc"}, oidc_token_filepath="token")
print("file-oidc", WorkspaceClient(config=by_file).current_user.me().user_name == bot.application_id)

os.environ["DATABRICKS_OIDC_TOKEN"] = provider_token(SUBJECT, "elsewhere")
by_environment = {**by_github, "auth_type": "env-oidc"}
refused(lambda: WorkspaceClient(**by_environment).current_user.me())
policies.update(
    int(bot.id),
    "main-branch",
    FederationPolicy(oidc_policy=OidcFederationPolicy(audiences=["elsewhere"])),
    update_mask="oidc_policy.audiences",
)
print("env-oidc", WorkspaceClient(**by_environment).current_user.me().user_name == bot.application_id)
# What was given before for another audience has ended.
refused(there.current_user.me)

os.environ["DATABRICKS_OIDC_TOKEN"] = provider_token(USER, ACCOUNT)
by_account = {"host": HOST, "account_id": ACCOUNT, "auth_type": "env-oidc"}
refused(lambda: list(AccountClient(**by_account).workspaces.list()))
account.federation_policy.create(
    FederationPolicy(oidc_policy=OidcFederationPolicy(issuer=ISSUER)), policy_id="provider"
)
person = AccountClient(**by_account)
print("account", [policy.policy_id for policy in person.federation_policy.list()])
account.federation_policy.delete("provider")
refused(lambda: list(person.workspaces.list()))
