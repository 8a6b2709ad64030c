"""What the scripts beside this one make first: a workspace, and the role and the bucket that it needs."""

from databricks.sdk.errors import DatabricksError
from databricks.sdk.service.provisioning import CreateCredentialAwsCredentials, CreateCredentialStsRole, RootBucketInfo


def make_credentials(account, name="role"):
    role = CreateCredentialStsRole(role_arn=f"arn:aws:iam::123456789012:role/{name}")
    made = account.credentials.create(
        credentials_name=name, aws_credentials=CreateCredentialAwsCredentials(sts_role=role)
    )
    return made.credentials_id


def make_storage(account, name="root", bucket="root-bucket"):
    made = account.storage.create(
        storage_configuration_name=name, root_bucket_info=RootBucketInfo(bucket_name=bucket)
    )
    return made.storage_configuration_id


def make_workspace(account, **different):
    return account.workspaces.create_and_wait(
        workspace_name="Sales",
        aws_region="us-west-2",
        credentials_id=make_credentials(account),
        storage_configuration_id=make_storage(account),
        **different,
    )


def url_of(account, workspace):
    path = f"/api/2.0/accounts/{account.config.account_id}/workspaces/{workspace.workspace_id}"
    return account.api_client.do("GET", path)["workspace_url"]


def refused(what, *arguments, **named):
    """Prints how it is refused, and answers the message."""
    try:
        what(*arguments, **named)
        print("accepted")
    except DatabricksError as error:
        message = without_configuration(error)
        print(type(error).__name__, error.error_code, message)
        return message


def without_configuration(error):
    # What the SDK adds is its own configuration.
    return str(error).partition(" Config:")[0]
