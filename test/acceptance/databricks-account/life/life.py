"""The whole life of a workspace by the Databricks SDK for Python as it comes from PyPI, once with a personal access token
and once with OAuth machine to machine. Prints what main.go and Life.java print."""

import os
import time

from databricks.sdk import AccountClient, WorkspaceClient
from databricks.sdk.errors import DatabricksError, OperationFailed
from databricks.sdk.service import provisioning


def show(what, *values):
    text = {True: "true", False: "false"}
    print(what + ":", *(text[each] if isinstance(each, bool) else getattr(each, "value", each) for each in values))


def refused(what, call, *arguments):
    try:
        call(*arguments)
        raise SystemExit(f"{what} was accepted")
    except DatabricksError as error:
        # What the SDK adds is its own configuration.
        show(what, error.error_code, str(error).partition(" Config:")[0].partition(". Host:")[0])


def life(auth_type):
    print("#", auth_type)
    account = AccountClient(auth_type=auth_type)

    role = provisioning.CreateCredentialStsRole(role_arn="arn:aws:iam::123456789012:role/workspaces")
    credentials = account.credentials.create(
        credentials_name="main", aws_credentials=provisioning.CreateCredentialAwsCredentials(sts_role=role)
    )
    show("credentials", credentials.credentials_name, credentials.aws_credentials.sts_role.role_arn)
    storage = account.storage.create(
        storage_configuration_name="root",
        root_bucket_info=provisioning.RootBucketInfo(bucket_name="root-bucket"),
    )
    show("storage", storage.storage_configuration_name, storage.root_bucket_info.bucket_name)
    key = account.encryption_keys.create(
        use_cases=[provisioning.KeyUseCase.MANAGED_SERVICES, provisioning.KeyUseCase.STORAGE],
        aws_key_info=provisioning.CreateAwsKeyInfo(
            key_arn="arn:aws:kms:us-west-2:123456789012:key/0b1d2f3a-0000-4000-8000-000000000001",
            key_alias="alias/main",
        ),
    )
    show("key", *key.use_cases, key.aws_key_info.key_region, key.aws_key_info.reuse_key_for_cluster_volumes)
    settings = account.private_access.create(
        private_access_settings_name="settings",
        region="us-west-2",
        public_access_enabled=True,
        private_access_level=provisioning.PrivateAccessLevel.ACCOUNT,
    )
    show("private access", settings.private_access_level, settings.public_access_enabled)

    def network(name, security_group, *subnets):
        return account.networks.create(
            network_name=name,
            vpc_id="vpc-0a1b2c3d",
            subnet_ids=list(subnets),
            security_group_ids=[security_group],
        )

    first = network("first", "sg-0a1b2c3d", "subnet-0a1b2c3d", "subnet-1a1b2c3d")
    show("network", first.network_name, first.vpc_status)

    waiter = account.workspaces.create(
        workspace_name="Sales",
        deployment_name="sales",
        aws_region="us-west-2",
        credentials_id=credentials.credentials_id,
        storage_configuration_id=storage.storage_configuration_id,
        network_id=first.network_id,
        managed_services_customer_managed_key_id=key.customer_managed_key_id,
        private_access_settings_id=settings.private_access_settings_id,
        custom_tags={"team": "data"},
    )
    show("workspace", waiter.response.workspace_status, waiter.response.workspace_status_message)
    try:
        waiter.result()
        show("waiter fails", False)
    except OperationFailed:
        show("waiter fails", True)
    workspace_id = waiter.response.workspace_id
    failed = account.workspaces.get(workspace_id)
    show("workspace", failed.workspace_status, failed.workspace_status_message)
    broken = account.networks.get(first.network_id)
    error = broken.error_messages[0]
    show("network", broken.vpc_status, broken.workspace_id == workspace_id, error.error_type, error.error_message)
    refused("delete in use", account.networks.delete, first.network_id)

    second = network("second", "sg-1a1b2c3d", "subnet-2a1b2c3d", "subnet-3a1b2c3d")
    running = account.workspaces.update_and_wait(
        workspace_id, provisioning.Workspace(network_id=second.network_id), update_mask="network_id"
    )
    show(
        "workspace",
        running.workspace_status,
        running.workspace_status_message,
        running.deployment_name,
        running.pricing_tier,
        running.custom_tags["team"],
    )
    show("network", account.networks.get(second.network_id).vpc_status)
    show("listed", len(list(account.workspaces.list())), len(list(account.networks.list())))

    # Its own address, which the SDK's model leaves out.
    path = f"/api/2.0/accounts/{account.config.account_id}/workspaces/{workspace_id}"
    url = account.api_client.do("GET", path)["workspace_url"]
    # The SDK has hosts of workspaces in the vendor's domains alone: AccountClient.get_workspace_client cannot be used.
    main = WorkspaceClient(host=account.config.host, workspace_id=str(workspace_id), auth_type=auth_type)
    there = WorkspaceClient(host=url, auth_type=auth_type)
    for workspace in (main, there):
        me = workspace.current_user.me().user_name
        is_mine = me in (os.environ["DATABRICKS_USERNAME"], os.environ["DATABRICKS_CLIENT_ID"])
        users = list(workspace.users.list())
        show("me", is_mine and workspace.get_workspace_id() == workspace_id, "users", users[0].user_name)

    account.workspaces.delete(workspace_id)
    while True:
        try:
            account.workspaces.get(workspace_id)
            time.sleep(0.1)
        except DatabricksError:
            break
    refused("gone", account.workspaces.get, workspace_id)
    account.networks.delete(first.network_id)
    account.networks.delete(second.network_id)
    account.private_access.delete(settings.private_access_settings_id)
    account.encryption_keys.delete(key.customer_managed_key_id)
    account.storage.delete(storage.storage_configuration_id)
    account.credentials.delete(credentials.credentials_id)
    show(
        "left",
        len(list(account.workspaces.list())),
        len(list(account.networks.list())),
        len(list(account.credentials.list())),
    )


life("pat")
life("oauth-m2m")
