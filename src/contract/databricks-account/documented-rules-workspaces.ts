import {
  behaviour,
  type DocumentedRule,
  failedWorkspace,
  inState,
  invalid,
  missing,
  networkError,
  networkWarning,
  refusal,
  taken,
} from "../databricks/documented-rule.ts";

const malformed = (message: string) => refusal(400, "MALFORMED_REQUEST", message);
const NETWORK = "(network {network}: see error_messages of GET /networks/{network})";

/** What databricks-account-api.md B7 and seed 000 say of workspaces, row by row. */
export const RULES_OF_WORKSPACES = {
  "workspace-created": {
    source: "B7 row 1, seed 000 L367-391",
    condition: "a workspace is made",
    outcome: behaviour("the answer comes at once: PROVISIONING, `Workspace resources are being set up.`"),
  },
  "workspace-credentials-deleted": {
    source: "B7 fields row 4",
    condition: "the credentials that are named were deleted",
    outcome: invalid("credentials_id: configuration {credentials} does not exist."),
  },
  "workspace-name-taken": {
    source: "B7 fields row 1",
    condition: "the name of a workspace is taken",
    outcome: taken("Workspace name {name} already exists in this account."),
  },
  "workspace-region": {
    source: "B7 fields row 3, seed 000 L29",
    condition: "aws_region is none of the service's",
    outcome: invalid("aws_region: 'mars-1' is not a region for workspaces: {regions}."),
  },
  "workspace-parts-missing": {
    source: "B7 fields row 4",
    condition: "a HYBRID workspace names neither credentials nor storage",
    outcome: invalid("Missing required field: credentials_id, storage_configuration_id"),
  },
  "workspace-serverless": {
    source: "B7 fields row compute_mode",
    condition: "a SERVERLESS workspace names credentials",
    outcome: invalid("A SERVERLESS workspace has no credentials_id, storage_configuration_id or network_id."),
  },
  "workspace-qualified-network": {
    source: "B7 fields row network_id",
    condition: "network_id is given as account and id",
    outcome: behaviour("the last part counts"),
  },
  "workspace-managed-key-use": {
    source: "B3, last sentence; B7",
    condition: "the key for managed services is for STORAGE only",
    outcome: invalid(
      "managed_services_customer_managed_key_id: key configuration {key} is for STORAGE, not for MANAGED_SERVICES.",
    ),
  },
  "workspace-storage-key-use": {
    source: "B3, last sentence; B7",
    condition: "the key for storage is for MANAGED_SERVICES only",
    outcome: invalid(
      "storage_customer_managed_key_id: key configuration {key} is for MANAGED_SERVICES, not for STORAGE.",
    ),
  },
  "workspace-older-key": {
    source: "B7 fields row customer_managed_key_id",
    condition: "the key is named as older clients do",
    outcome: behaviour("it is the key for managed services"),
  },
  "workspace-keys-in-us-west-1": {
    source: "B3; seed 000 L29, L219-221",
    condition: "a workspace in us-west-1 names a key",
    outcome: invalid("Customer-managed keys cannot be used in us-west-1."),
  },
  "workspace-key-tier": {
    source: "seed 000 L219",
    condition: "a workspace below ENTERPRISE names a key",
    outcome: inState("Customer-managed keys need pricing tier ENTERPRISE; this workspace has PREMIUM."),
  },
  "workspace-access-tier": {
    source: "B5, as keys (seed 000 L219)",
    condition: "a workspace below ENTERPRISE names private access settings",
    outcome: inState("Private access settings need pricing tier ENTERPRISE; this workspace has STANDARD."),
  },
  "workspace-default-tier": {
    source: "B7 fields row pricing_tier, seed 000 L438",
    condition: "no tier is named",
    outcome: behaviour("the account's, ENTERPRISE"),
  },
  "workspace-tag-key": {
    source: "B7 fields row custom_tags",
    condition: "a tag's key has 128 characters",
    outcome: invalid("custom_tags: key '{key}' must have 1 to 127 characters."),
  },
  "workspace-tag-value": {
    source: "B7 fields row custom_tags",
    condition: "a tag's value has 256 characters",
    outcome: invalid("custom_tags: the value of 'team' has more than 255 characters."),
  },
  "workspace-settings-region": {
    source: "B7 failures row 5",
    condition: "the private access settings are of another region",
    outcome: invalid(
      "private_access_settings_id: the settings are of region us-east-1, the workspace of us-west-2.",
    ),
  },
  "workspace-endpoint-region": {
    source: "B7 failures row 5",
    condition: "the network's VPC endpoints are of another region",
    outcome: invalid(
      "network_id: VPC endpoint {endpoint} of the network is in us-east-1, the workspace in us-west-2.",
    ),
  },
  "workspace-front-end-only": {
    source: "B7 failures row 6",
    condition: "private access settings are named without a network that has endpoints",
    outcome: behaviour("it is made: private access for the front end alone"),
  },
  "workspace-network-taken": {
    source: "B7 failures row 4",
    condition: "the network is another workspace's",
    outcome: inState("Network {network} is being used by active workspace {workspace}"),
  },
  "workspace-unknown": {
    source: "B7 row 3",
    condition: "a workspace that is not there is asked for",
    outcome: missing("Workspace 1 does not exist."),
  },
  "deployment-characters": {
    source: "B7 deployment_name row 1, seed 000 L321",
    condition: "a deployment name begins with a hyphen",
    outcome: malformed(
      "Failed parameter validation checks: deployment_name '-a' is not one: give up to 63 letters, digits and hyphens, the first and the last no hyphen.",
    ),
  },
  "deployment-long": {
    source: "B7 deployment_name row 1, RFC 1035",
    condition: "a deployment name has 64 characters",
    outcome: malformed(
      "Failed parameter validation checks: deployment_name '{name}' is not one: give up to 63 letters, digits and hyphens, the first and the last no hyphen.",
    ),
  },
  "deployment-of-account": {
    source: "databricks-account-api.md A12",
    condition: "a deployment name is that of the account's own host, accounts",
    outcome: malformed(
      "Failed parameter validation checks: deployment_name 'Accounts' is the account's own: give another one.",
    ),
  },
  "deployment-capitals": {
    source: "B7 deployment_name row 1, F row 000 L321",
    condition: "a deployment name has capitals",
    outcome: behaviour("it is answered as given, and its URL is in lower case"),
  },
  "deployment-prefix": {
    source: "B7 deployment_name row 2, seed 000 L323",
    condition: "the account has the prefix acme",
    outcome: behaviour("`workspace-1` becomes `acme-workspace-1`"),
  },
  "deployment-empty": {
    source: "B7 deployment_name row 3, seed 000 L327",
    condition: "the deployment name is EMPTY and the account has a prefix",
    outcome: behaviour("it becomes the prefix"),
  },
  "deployment-empty-without-prefix": {
    source: "B7 deployment_name row 3, seed 000 L327",
    condition: "the deployment name is EMPTY and the account has no prefix",
    outcome: malformed(
      "Failed parameter validation checks: deployment_name EMPTY stands for the account's deployment name prefix, and the account has none.",
    ),
  },
  "deployment-without-prefix": {
    source: "B7 deployment_name row 4",
    condition: "a deployment name is given and the account has no prefix",
    outcome: behaviour("it is taken, as the seeds give one; the service refuses it"),
  },
  "deployment-omitted": {
    source: "B7 deployment_name row 5",
    condition: "no deployment name is given",
    outcome: behaviour("one is made, `dbc-` with 8 and 4 hexadecimal digits"),
  },
  "deployment-taken": {
    source: "B7 deployment_name row 6",
    condition: "a deployment name is taken, in other capitals",
    outcome: taken("Deployment name {name} is already in use."),
  },
  "deployment-free-again": {
    source: "B7 deployment_name row 6",
    condition: "the workspace that had a deployment name was deleted",
    outcome: behaviour("another may have it"),
  },
  "role-not-assumable": {
    source: "B1 validation row 4",
    condition: "the role cannot be assumed",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed credential validation checks: please use a valid cross account IAM role with permissions setup correctly",
    ),
  },
  "role-lacks-permissions": {
    source: "B7 failures row 1",
    condition: "the role lacks permissions",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed credentials validation checks: Spot Cancellation, Create Placement Group",
    ),
  },
  "bucket-not-there": {
    source: "B7 failures row 2",
    condition: "the bucket does not exist",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed storage configuration validation checks: bucket {bucket} does not exist",
    ),
  },
  "bucket-policy": {
    source: "B2 validation row 5",
    condition: "the bucket's policy does not let the service in",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed storage configuration validation checks: Put, Delete",
    ),
  },
  "bucket-region": {
    source: "B2 validation row 5",
    condition: "the bucket is in another region",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed storage configuration validation checks: bucket {bucket} is in us-east-1, the workspace in us-west-2",
    ),
  },
  "key-unusable": {
    source: "B7, step keys",
    condition: "the key's policy does not let the service use it",
    outcome: failedWorkspace(
      "MALFORMED_REQUEST: Failed key validation checks: key {arn} does not exist or its policy does not allow its use",
    ),
  },
  "no-address": {
    source: "B7 failures row 3, seed 000 L474-482",
    condition: "no Elastic IP address is free for the VPC that the service makes",
    outcome: failedWorkspace("The maximum number of addresses has been reached."),
  },
  "network-failure": {
    source: "B7, seed 000 L386",
    condition: "the network is broken",
    outcome: failedWorkspace(`The vpc ID '{vpc}' does not exist. ${NETWORK}`),
  },
  "network-credentials": {
    source: "B6 error_messages, seed 000 L514",
    condition: "the role cannot be assumed, so that the network cannot be looked at",
    outcome: networkError(
      "credentials",
      "MALFORMED_REQUEST: Failed credential validation checks: please use a valid cross account IAM role with permissions setup correctly",
    ),
  },
  "network-vpc": {
    source: "B6 error_messages, seed 000 L514",
    condition: "the VPC does not exist",
    outcome: networkError("vpc", "The vpc ID '{vpc}' does not exist."),
  },
  "network-subnet": {
    source: "B6 error_messages, seed 000 L514",
    condition: "a subnet does not exist",
    outcome: networkError("subnet", "The subnet ID '{subnet}' does not exist."),
  },
  "network-zones": {
    source: "B6, subnet_ids",
    condition: "the subnets are in one availability zone",
    outcome: networkError("subnet", "Subnets {subnets} are in one availability zone: use two."),
  },
  "network-group": {
    source: "B6 error_messages, seed 000 L514",
    condition: "a security group does not let its members talk",
    outcome: networkError(
      "securityGroup",
      "Security group {group} does not allow all TCP and UDP traffic among its own members.",
    ),
  },
  "network-acl": {
    source: "B6 error_messages, seed 000 L514",
    condition: "a subnet's network ACL is closed",
    outcome: networkError(
      "networkAcl",
      "The network ACL of subnet {subnet} does not allow the traffic of the workspace.",
    ),
  },
  "network-firewall": {
    source: "B6 warning_messages, seed 000 L512",
    condition: "a firewall stands where a NAT gateway might",
    outcome: networkWarning(
      "subnet",
      "The subnets of VPC {vpc} reach the internet by a firewall, not by a NAT gateway: what it lets through is not checked.",
    ),
  },
  "network-nat-instance": {
    source: "B6 warning_messages, seed 000 L512",
    condition: "a NAT instance stands where a NAT gateway might",
    outcome: networkWarning(
      "subnet",
      "The subnets of VPC {vpc} reach the internet by a NAT instance, not by a NAT gateway: what it lets through is not checked.",
    ),
  },
  "network-group-egress": {
    source: "B6 warning_messages, seed 000 L512",
    condition: "a security group lets not all out",
    outcome: networkWarning(
      "securityGroup",
      "Security group {group} does not allow all the outbound traffic that a workspace needs.",
    ),
  },
  "change-while-provisioning": {
    source: "B7 PATCH",
    condition: "a workspace is changed while it is being provisioned",
    outcome: inState("Workspace {workspace} is being provisioned: change it once it is RUNNING or FAILED."),
  },
  "change-while-deleted": {
    source: "B7 PATCH",
    condition: "a workspace is changed while it is being deleted",
    outcome: inState("Workspace {workspace} is being deleted."),
  },
  "change-storage-running": {
    source: "B7 fields row storage_configuration_id",
    condition: "the storage of a running workspace is to be changed",
    outcome: inState("storage_configuration_id of a running workspace cannot be changed."),
  },
  "change-region-running": {
    source: "B7 PATCH",
    condition: "the region of a running workspace is to be changed",
    outcome: inState("aws_region of a running workspace cannot be changed."),
  },
  "change-network-managed": {
    source: "B7 fields row network_id",
    condition: "a running workspace whose VPC the service made gets a network",
    outcome: inState("A running workspace whose VPC was made for it cannot get a network of its own."),
  },
  "change-storage-key": {
    source: "B7 fields row storage key, F row 000 L528",
    condition: "the storage key of a running workspace is to be rotated",
    outcome: inState("storage_customer_managed_key_id of a running workspace can be added, not changed."),
  },
  "change-keys-running": {
    source: "B7 PATCH, F rows 000 L528 and L311",
    condition: "a running workspace gets both keys, then another one for managed services",
    outcome: behaviour("it is provisioned anew with them"),
  },
  "change-mask": {
    source: "B7 row 4",
    condition: "update_mask names what cannot be changed",
    outcome: invalid("update_mask: workspace_name of a workspace cannot be changed."),
  },
  "change-fixed-member": {
    source: "B7 PATCH, last sentence",
    condition: "another workspace_name is sent without a mask",
    outcome: invalid("workspace_name of a workspace cannot be changed: it is '{name}'."),
  },
  "change-masked-only": {
    source: "B7 row 4",
    condition: "update_mask names some of what is sent",
    outcome: behaviour("the rest is not looked at; with `*` or without a mask all is"),
  },
  "delete-answer": {
    source: "B7 row 5",
    condition: "a workspace is deleted, also while it is being provisioned",
    outcome: behaviour("the answer is the object, CANCELLING; it is there until GET answers 404"),
  },
} as const satisfies Readonly<Record<string, DocumentedRule>>;
