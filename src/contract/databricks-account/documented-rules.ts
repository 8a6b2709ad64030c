import {
  behaviour,
  type DocumentedRule,
  inState,
  invalid,
  missing,
  refusal,
  taken,
} from "../databricks/documented-rule.ts";

/** What databricks-account-api.md says of the objects that workspaces are made of (B1 to B6, B8), row by row. */
export const RULES_OF_CONFIGURATIONS = {
  "credentials-name-taken": {
    source: "B1 validation row 1",
    condition: "the name of credentials is taken",
    outcome: taken(
      "Credential configuration name `{name}` already exists in this account. Try again with a unique name.",
    ),
  },
  "credentials-role-arn": {
    source: "B1 validation row 2",
    condition: "role_arn is not the ARN of a role",
    outcome: invalid(
      "aws_credentials.sts_role.role_arn: '{arn}' is not the ARN of an IAM role: give arn:aws:iam::<12 digits>:role/<name>.",
    ),
  },
  "credentials-in-use": {
    source: "B1 validation row 3, B8 row 1",
    condition: "credentials are deleted that a workspace uses",
    outcome: inState("Unable to delete, Credential is being used by active workspace {workspace}"),
  },
  "credentials-external-id": {
    source: "B1 row 1, seed 000 L157",
    condition: "an external_id is sent with the role",
    outcome: behaviour("it is not taken: the answer's is the account's id"),
  },
  "credentials-required": {
    source: "B1 row 1",
    condition: "aws_credentials is not sent",
    outcome: invalid("Missing required field: aws_credentials"),
  },
  "credentials-name-long": {
    source: "B1 row 1",
    condition: "the name of credentials has more than 256 characters",
    outcome: invalid("credentials_name must not have more than 256 characters"),
  },
  "credentials-unknown": {
    source: "B, introduction",
    condition: "credentials that are not there are asked for",
    outcome: missing("Credential configuration with id {id} does not exist."),
  },
  "storage-name-taken": {
    source: "B2 validation row 1",
    condition: "the name of a storage configuration is taken",
    outcome: taken(
      "Storage configuration name `{name}` already exists in this account. Try again with a unique name.",
    ),
  },
  "storage-bucket-name": {
    source: "B2 validation row 2",
    condition: "bucket_name is not the name of an S3 bucket",
    outcome: invalid(
      "root_bucket_info.bucket_name: '{bucket}' is not the name of an S3 bucket: give 3 to 63 lower-case letters, digits, hyphens and dots.",
    ),
  },
  "storage-limit": {
    source: "B2 validation row 3",
    condition: "a 51st storage configuration is made",
    outcome: inState("Storage configuration limit exceeded, only 50 storage configurations are allowed"),
  },
  "storage-in-use": {
    source: "B2 validation row 4, B8 row 1",
    condition: "a storage configuration is deleted that a workspace uses",
    outcome: inState("Unable to delete, Storage is being used by active workspace {workspace}"),
  },
  "storage-immutable": {
    source: "B2, introduction",
    condition: "a storage configuration is to be changed",
    outcome: refusal(404, "ENDPOINT_NOT_FOUND", "No API found for 'PATCH {path}'"),
  },
  "key-use-cases": {
    source: "B3 row 1",
    condition: "use_cases is empty",
    outcome: invalid("use_cases must not have fewer than 1 items"),
  },
  "key-use-case-unknown": {
    source: "B3 row 1",
    condition: "use_cases holds another word",
    outcome: invalid("use_cases.0 must be one of MANAGED_SERVICES, STORAGE"),
  },
  "key-arn": {
    source: "B3 row 2",
    condition: "key_arn is not the ARN of a key",
    outcome: invalid(
      "aws_key_info.key_arn: '{arn}' is not the ARN of a KMS key: give arn:aws:kms:<region>:<12 digits>:key/<id>.",
    ),
  },
  "key-defaults": {
    source: "B3 row 2",
    condition: "a key for STORAGE says nothing of cluster volumes",
    outcome: behaviour(
      "reuse_key_for_cluster_volumes is answered as true, for MANAGED_SERVICES alone not at all; key_region is the ARN's",
    ),
  },
  "key-other-cloud": {
    source: "B3 row 3",
    condition: "azure_key_info or gcp_key_info is given instead",
    outcome: invalid("Missing required field: aws_key_info"),
  },
  "key-in-use": {
    source: "B3, B8 row 1",
    condition: "a key is deleted that a workspace uses",
    outcome: inState("Unable to delete, Customer managed key is being used by active workspace {workspace}"),
  },
  "endpoint-name-taken": {
    source: "B4, last sentence",
    condition: "the name of a VPC endpoint is taken",
    outcome: taken(
      "VPC endpoint configuration name `{name}` already exists in this account. Try again with a unique name.",
    ),
  },
  "endpoint-registered": {
    source: "B4, last sentence",
    condition: "an AWS VPC endpoint is registered twice",
    outcome: taken("VPC endpoint {endpoint} is already registered in this account."),
  },
  "endpoint-id": {
    source: "B4, create",
    condition: "aws_vpc_endpoint_id is not the id of a VPC endpoint",
    outcome: invalid(
      "aws_vpc_endpoint_id: '{endpoint}' is not the id of a VPC endpoint: give vpce- and hexadecimal digits.",
    ),
  },
  "endpoint-not-there": {
    source: "B4, create",
    condition: "the cloud has no such VPC endpoint in the region",
    outcome: invalid("aws_vpc_endpoint_id: there is no VPC endpoint {endpoint} in us-west-2."),
  },
  "endpoint-region": {
    source: "B4, create",
    condition: "the region of a VPC endpoint is none of the service's",
    outcome: invalid("region: 'mars-1' is not a region for workspaces."),
  },
  "endpoint-state": {
    source: "B4 row state",
    condition: "a VPC endpoint has just been registered",
    outcome: behaviour("it is `pending`; what AWS says of it, such as `available`, the next look shows"),
  },
  "endpoint-in-network": {
    source: "B8 row 2",
    condition: "a VPC endpoint is deleted that a network lists",
    outcome: inState("Unable to delete, VPC endpoint is being used by active network {network}"),
  },
  "endpoint-in-settings": {
    source: "B8 row 2",
    condition: "a VPC endpoint is deleted that private access settings allow",
    outcome: inState(
      "Unable to delete, VPC endpoint is being used by active private access settings {settings}",
    ),
  },
  "settings-name-short": {
    source: "B5",
    condition: "the name of private access settings has not 4 to 256 characters",
    outcome: invalid("private_access_settings_name: give 4 to 256 characters."),
  },
  "settings-name-taken": {
    source: "B5",
    condition: "the name of private access settings is taken",
    outcome: taken(
      "Private access settings configuration name `{name}` already exists in this account. Try again with a unique name.",
    ),
  },
  "settings-defaults": {
    source: "B5, F row 001 L308, seed 001 L326",
    condition: "private access settings say neither level nor public access",
    outcome: behaviour("the level is `ANY`, and `public_access_enabled` is answered as an explicit false"),
  },
  "settings-level": {
    source: "B5",
    condition: "private_access_level is another word",
    outcome: invalid("private_access_level must be one of ACCOUNT, ENDPOINT, ANY"),
  },
  "settings-endpoints-without-level": {
    source: "B5",
    condition: "endpoints are allowed at another level than ENDPOINT",
    outcome: invalid("allowed_vpc_endpoint_ids go with private_access_level ENDPOINT; the level is ACCOUNT."),
  },
  "settings-endpoint-unknown": {
    source: "B5",
    condition: "an endpoint is allowed that is not registered",
    outcome: invalid("allowed_vpc_endpoint_ids: VPC endpoint {endpoint} does not exist."),
  },
  "settings-endpoint-region": {
    source: "B7 failures row 5",
    condition: "an endpoint of another region is allowed",
    outcome: invalid(
      "allowed_vpc_endpoint_ids: VPC endpoint {endpoint} is in us-west-2, the settings are of us-east-1.",
    ),
  },
  "settings-replaced": {
    source: "B5",
    condition: "private access settings are replaced",
    outcome: behaviour("PUT is the whole object: what it leaves out is as if it had never been given"),
  },
  "settings-in-use": {
    source: "B8 row 1",
    condition: "private access settings are deleted that a workspace uses",
    outcome: inState(
      "Unable to delete, Private access settings is being used by active workspace {workspace}",
    ),
  },
  "network-name-short": {
    source: "B6",
    condition: "the name of a network has not 4 to 256 characters",
    outcome: invalid("network_name: give 4 to 256 characters."),
  },
  "network-name-taken": {
    source: "B6",
    condition: "the name of a network is taken",
    outcome: taken(
      "Network configuration name `{name}` already exists in this account. Try again with a unique name.",
    ),
  },
  "network-subnets": {
    source: "B6",
    condition: "a network has fewer than two subnets",
    outcome: invalid("subnet_ids: give at least two different subnets, in different availability zones."),
  },
  "network-groups-none": {
    source: "B6",
    condition: "a network has no security group",
    outcome: invalid("security_group_ids: give one to five security groups."),
  },
  "network-groups-many": {
    source: "B6",
    condition: "a network has six security groups",
    outcome: invalid("security_group_ids: give one to five security groups."),
  },
  "network-rest-endpoints": {
    source: "B6",
    condition: "a network has two endpoints for REST",
    outcome: invalid("vpc_endpoints.rest_api: give at most one VPC endpoint."),
  },
  "network-relay-endpoints": {
    source: "B6",
    condition: "a network has two endpoints for the relay",
    outcome: invalid("vpc_endpoints.dataplane_relay: give at most one VPC endpoint."),
  },
  "network-endpoint-unknown": {
    source: "B6",
    condition: "a network names an endpoint that is not registered",
    outcome: invalid("vpc_endpoints.rest_api: VPC endpoint {endpoint} does not exist."),
  },
  "network-endpoint-use": {
    source: "B4 row use_case, B6",
    condition: "a network names a REST endpoint as its relay",
    outcome: invalid(
      "vpc_endpoints.dataplane_relay: VPC endpoint {endpoint} is for WORKSPACE_ACCESS, not for DATAPLANE_RELAY_ACCESS.",
    ),
  },
  "network-subnet-taken": {
    source: "B6, rules",
    condition: "a subnet is in another network already",
    outcome: inState("{subnet} is already used by network {network}: give each network its own."),
  },
  "network-group-taken": {
    source: "B6, rules",
    condition: "a security group is in another network already",
    outcome: inState("{group} is already used by network {network}: give each network its own."),
  },
  "network-shared-vpc": {
    source: "B6, rules",
    condition: "a VPC is in another network already",
    outcome: behaviour("both are made"),
  },
  "network-immutable": {
    source: "B6, rules",
    condition: "a network is to be changed",
    outcome: refusal(404, "ENDPOINT_NOT_FOUND", "No API found for 'PATCH {path}'"),
  },
  "network-in-use": {
    source: "B6, rules; B8 row 1",
    condition: "a network is deleted that a workspace uses",
    outcome: inState("Unable to delete, Network is being used by active workspace {workspace}"),
  },
  "network-gone": {
    source: "B6, rules",
    condition: "a network was deleted",
    outcome: missing("Network configuration with id {network} does not exist."),
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
