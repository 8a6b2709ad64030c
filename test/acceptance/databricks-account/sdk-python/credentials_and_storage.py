"""Credential and storage configurations, by the official SDK: made, read, listed, refused, deleted."""

import os

from databricks.sdk import AccountClient
from databricks.sdk.errors import NotFound
from databricks.sdk.service.provisioning import CreateCredentialAwsCredentials, CreateCredentialStsRole, RootBucketInfo

from workspaces import refused

account = AccountClient()
role = CreateCredentialAwsCredentials(
    sts_role=CreateCredentialStsRole(role_arn="arn:aws:iam::123456789012:role/workspaces")
)

made = account.credentials.create(credentials_name="main", aws_credentials=role)
print("made", made.credentials_name, made.aws_credentials.sts_role.role_arn, made.account_id == account.config.account_id)
print("read", account.credentials.get(made.credentials_id) == made)
print("listed", [one.credentials_name for one in account.credentials.list()])
refused(account.credentials.create, credentials_name="main", aws_credentials=role)
refused(
    account.credentials.create,
    credentials_name="other",
    aws_credentials=CreateCredentialAwsCredentials(sts_role=CreateCredentialStsRole(role_arn="role")),
)

bucket = account.storage.create(storage_configuration_name="root", root_bucket_info=RootBucketInfo(bucket_name="root-bucket"))
print("made", bucket.storage_configuration_name, bucket.root_bucket_info.bucket_name)
print("read", account.storage.get(bucket.storage_configuration_id) == bucket)
refused(account.storage.create, storage_configuration_name="bad", root_bucket_info=RootBucketInfo(bucket_name="Bad_Bucket"))

account.credentials.delete(made.credentials_id)
account.storage.delete(bucket.storage_configuration_id)
print("left", list(account.credentials.list()), list(account.storage.list()))
try:
    account.credentials.get(made.credentials_id)
except NotFound as error:
    print("gone", error.error_code)

for name, variables in {
    "a wrong token": {"token": "dapi" + "0" * 32, "auth_type": "pat"},
    "a wrong password": {"username": os.environ["DATABRICKS_USERNAME"], "password": "wrong", "auth_type": "basic"},
}.items():
    other = AccountClient(host=account.config.host, account_id=account.config.account_id, **variables)
    print(name, end=": ")
    refused(lambda: list(other.credentials.list()))

basic = AccountClient(auth_type="basic")
print("by password", list(basic.credentials.list()))
elsewhere = AccountClient(account_id="11111111-2222-3333-4444-555555555555")
refused(lambda: list(elsewhere.credentials.list()))
