# Every account object that the provider has a resource for, and what a workspace's administrator has in the workspace.

terraform {
  required_providers {
    databricks = { source = "databricks/databricks" }
  }
}

variable "account_id" {}
variable "account_host" {}
variable "client_id" {}
variable "client_secret" {
  sensitive = true
}
# What later applies change.
variable "tag" {
  default = "first"
}
variable "security_group" {
  default = "sg-0a1b2c3d4e5f60718"
}

provider "databricks" {
  alias         = "account"
  host          = var.account_host
  account_id    = var.account_id
  client_id     = var.client_id
  client_secret = var.client_secret
}

provider "databricks" {
  alias         = "workspace"
  host          = databricks_mws_workspaces.sales.workspace_url
  client_id     = var.client_id
  client_secret = var.client_secret
}

resource "databricks_mws_credentials" "role" {
  provider         = databricks.account
  credentials_name = "role"
  role_arn         = "arn:aws:iam::123456789012:role/databricks"
}

resource "databricks_mws_storage_configurations" "root" {
  provider                   = databricks.account
  account_id                 = var.account_id
  storage_configuration_name = "root"
  bucket_name                = "terraform-root"
}

resource "databricks_mws_customer_managed_keys" "services" {
  provider   = databricks.account
  account_id = var.account_id
  use_cases  = ["MANAGED_SERVICES"]
  aws_key_info {
    key_arn   = "arn:aws:kms:us-west-2:123456789012:key/0b1d2f3a-0000-4000-8000-000000000001"
    key_alias = "alias/services"
  }
}

resource "databricks_mws_customer_managed_keys" "storage" {
  provider   = databricks.account
  account_id = var.account_id
  use_cases  = ["STORAGE"]
  aws_key_info {
    key_arn   = "arn:aws:kms:us-west-2:123456789012:key/0b1d2f3a-0000-4000-8000-000000000002"
    key_alias = "alias/storage"
  }
}

resource "databricks_mws_vpc_endpoint" "rest" {
  provider            = databricks.account
  account_id          = var.account_id
  vpc_endpoint_name   = "rest"
  region              = "us-west-2"
  aws_vpc_endpoint_id = "vpce-0c4c07c32f30868b3"
}

resource "databricks_mws_vpc_endpoint" "relay" {
  provider            = databricks.account
  account_id          = var.account_id
  vpc_endpoint_name   = "relay"
  region              = "us-west-2"
  aws_vpc_endpoint_id = "vpce-0499045ba03fa9c95"
}

resource "databricks_mws_private_access_settings" "settings" {
  provider                     = databricks.account
  account_id                   = var.account_id
  private_access_settings_name = "settings"
  region                       = "us-west-2"
  public_access_enabled        = true
  private_access_level         = "ENDPOINT"
  allowed_vpc_endpoint_ids     = [databricks_mws_vpc_endpoint.rest.vpc_endpoint_id]
}

resource "databricks_mws_networks" "network" {
  provider           = databricks.account
  account_id         = var.account_id
  network_name       = "network"
  vpc_id             = "vpc-0a1b2c3d4e5f60718"
  subnet_ids         = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
  security_group_ids = [var.security_group]
  vpc_endpoints {
    dataplane_relay = [databricks_mws_vpc_endpoint.relay.vpc_endpoint_id]
    rest_api        = [databricks_mws_vpc_endpoint.rest.vpc_endpoint_id]
  }
}

resource "databricks_mws_network_connectivity_config" "config" {
  provider   = databricks.account
  account_id = var.account_id
  name       = "config"
  region     = "us-west-2"
}

resource "databricks_mws_workspaces" "sales" {
  provider                                 = databricks.account
  # The binding below is never undone by the provider: the workspace is to go before what it is bound to.
  depends_on                               = [databricks_mws_network_connectivity_config.config]
  account_id                               = var.account_id
  workspace_name                           = "Sales"
  deployment_name                          = "sales"
  aws_region                               = "us-west-2"
  credentials_id                           = databricks_mws_credentials.role.credentials_id
  storage_configuration_id                 = databricks_mws_storage_configurations.root.storage_configuration_id
  network_id                               = databricks_mws_networks.network.network_id
  private_access_settings_id               = databricks_mws_private_access_settings.settings.private_access_settings_id
  managed_services_customer_managed_key_id = databricks_mws_customer_managed_keys.services.customer_managed_key_id
  storage_customer_managed_key_id          = databricks_mws_customer_managed_keys.storage.customer_managed_key_id
  custom_tags                              = { team = var.tag }
  token {
    comment = "Terraform"
  }
}

resource "databricks_mws_ncc_binding" "sales" {
  provider                       = databricks.account
  workspace_id                   = databricks_mws_workspaces.sales.workspace_id
  network_connectivity_config_id = databricks_mws_network_connectivity_config.config.network_connectivity_config_id
}

resource "databricks_mws_log_delivery" "audit" {
  provider                 = databricks.account
  account_id               = var.account_id
  config_name              = "audit"
  log_type                 = "AUDIT_LOGS"
  output_format            = "JSON"
  credentials_id           = databricks_mws_credentials.role.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.root.storage_configuration_id
  delivery_path_prefix     = "audit"
}

resource "databricks_mws_log_delivery" "usage" {
  provider                 = databricks.account
  account_id               = var.account_id
  config_name              = "usage"
  log_type                 = "BILLABLE_USAGE"
  output_format            = "CSV"
  credentials_id           = databricks_mws_credentials.role.credentials_id
  storage_configuration_id = databricks_mws_storage_configurations.root.storage_configuration_id
}

resource "databricks_user" "ann" {
  provider     = databricks.account
  user_name    = "ann@example.com"
  display_name = "Ann"
}

resource "databricks_service_principal" "robot" {
  provider     = databricks.account
  display_name = "robot"
}

resource "databricks_service_principal_secret" "robot" {
  provider             = databricks.account
  service_principal_id = databricks_service_principal.robot.id
}

resource "databricks_service_principal_role" "robot" {
  provider             = databricks.account
  service_principal_id = databricks_service_principal.robot.id
  role                 = "account_admin"
}

resource "databricks_group" "team" {
  provider     = databricks.account
  display_name = "team"
}

resource "databricks_group" "all" {
  provider     = databricks.account
  display_name = "all"
}

resource "databricks_group_member" "ann" {
  provider  = databricks.account
  group_id  = databricks_group.team.id
  member_id = databricks_user.ann.id
}

resource "databricks_group_member" "robot" {
  provider  = databricks.account
  group_id  = databricks_group.team.id
  member_id = databricks_service_principal.robot.id
}

resource "databricks_group_member" "team" {
  provider  = databricks.account
  group_id  = databricks_group.all.id
  member_id = databricks_group.team.id
}

resource "databricks_mws_permission_assignment" "team" {
  provider     = databricks.account
  workspace_id = databricks_mws_workspaces.sales.workspace_id
  principal_id = databricks_group.team.id
  permissions  = ["ADMIN"]
}

resource "databricks_mws_permission_assignment" "ann" {
  provider     = databricks.account
  workspace_id = databricks_mws_workspaces.sales.workspace_id
  principal_id = databricks_user.ann.id
  permissions  = ["USER"]
}

resource "databricks_access_control_rule_set" "robot" {
  provider = databricks.account
  name     = "accounts/${var.account_id}/servicePrincipals/${databricks_service_principal.robot.application_id}/ruleSets/default"
  grant_rules {
    principals = [databricks_group.team.acl_principal_id]
    role       = "roles/servicePrincipal.user"
  }
}

resource "databricks_token" "mine" {
  provider         = databricks.workspace
  comment          = "mine"
  lifetime_seconds = 86400
}

resource "databricks_obo_token" "robot" {
  provider         = databricks.workspace
  depends_on       = [databricks_mws_permission_assignment.team, databricks_group_member.robot]
  application_id   = databricks_service_principal.robot.application_id
  comment          = "robot"
  lifetime_seconds = 86400
}

resource "databricks_permission_assignment" "all" {
  provider     = databricks.workspace
  principal_id = databricks_group.all.id
  permissions  = ["USER"]
}

resource "databricks_group" "local" {
  provider     = databricks.workspace
  display_name = "local"
}

resource "databricks_workspace_conf" "conf" {
  provider = databricks.workspace
  custom_config = {
    "enableIpAccessLists" = "true"
  }
}

resource "databricks_ip_access_list" "here" {
  provider     = databricks.workspace
  label        = "here"
  list_type    = "ALLOW"
  ip_addresses = ["127.0.0.0/8"]
  depends_on   = [databricks_workspace_conf.conf]
}

data "databricks_mws_credentials" "all" {
  provider   = databricks.account
  depends_on = [databricks_mws_credentials.role]
}

data "databricks_mws_workspaces" "all" {
  provider   = databricks.account
  depends_on = [databricks_mws_workspaces.sales]
}

data "databricks_current_user" "me" {
  provider   = databricks.workspace
  depends_on = [databricks_mws_workspaces.sales]
}

output "names" {
  value = {
    credentials = keys(data.databricks_mws_credentials.all.ids)
    workspaces  = keys(data.databricks_mws_workspaces.all.ids)
    me          = data.databricks_current_user.me.user_name == var.client_id
    tag         = databricks_mws_workspaces.sales.custom_tags["team"]
    status      = databricks_mws_workspaces.sales.workspace_status
  }
}
