"""Log delivery, usage, OAuth apps, network connectivity, rule sets and IP access lists, by the official SDK."""

import time

from databricks.sdk import AccountClient
from databricks.sdk.service import billing, iam, oauth2, settings

from workspaces import make_credentials, make_storage, refused

account = AccountClient()


credentials_id = make_credentials(account, "logs")
storage_id = make_storage(account, "logs", "audit-bucket")

audit_logs = billing.CreateLogDeliveryConfigurationParams(
    log_type=billing.LogType.AUDIT_LOGS,
    output_format=billing.OutputFormat.JSON,
    credentials_id=credentials_id,
    storage_configuration_id=storage_id,
    config_name="audit",
    delivery_path_prefix="audit-logs",
)
made = account.log_delivery.create(audit_logs).log_delivery_configuration
print("delivers", made.log_type.value, made.output_format.value, made.status.value, made.log_delivery_status.status.value)
refused(account.credentials.delete, credentials_id)
deadline = time.monotonic() + 240
while True:
    delivered = account.log_delivery.get(made.config_id).log_delivery_configuration.log_delivery_status
    if delivered.status == billing.DeliveryStatus.SUCCEEDED or time.monotonic() > deadline:
        break
    time.sleep(0.2)
print("delivered", delivered.message, delivered.last_attempt_time == delivered.last_successful_attempt_time)
print("listed", [each.config_name for each in account.log_delivery.list(status=billing.LogDeliveryConfigStatus.ENABLED)])
account.log_delivery.create(audit_logs)
refused(account.log_delivery.create, audit_logs)
account.log_delivery.patch_status(made.config_id, billing.LogDeliveryConfigStatus.DISABLED)
print("disabled", account.log_delivery.get(made.config_id).log_delivery_configuration.status.value)

usage = account.billable_usage.download(start_month="2026-01", end_month="2026-02")
print("usage", usage.contents.read().decode())

app = account.custom_app_integration.create(
    name="Tableau",
    redirect_urls=["https://tableau.example.com/back"],
    confidential=True,
    scopes=["all-apis", "offline_access"],
    token_access_policy=oauth2.TokenAccessPolicy(access_token_ttl_in_minutes=30),
)
print("app", bool(app.client_id), app.client_secret[:4], len(app.client_secret))
account.custom_app_integration.update(app.integration_id, redirect_urls=["https://other.example.com/back"])
shown = account.custom_app_integration.get(app.integration_id)
print("shown", shown.redirect_urls, shown.scopes, shown.confidential, shown.token_access_policy.as_dict(), shown.creator_username)
print("listed", [each.name for each in account.custom_app_integration.list(page_size=1)])
account.custom_app_integration.delete(app.integration_id)
refused(account.custom_app_integration.get, app.integration_id)

print("published", [(each.app_id, each.client_id) for each in account.o_auth_published_apps.list()])
enabled = account.published_app_integration.create(
    app_id="databricks-cli", token_access_policy=oauth2.TokenAccessPolicy(refresh_token_ttl_in_minutes=60)
)
print("enabled", account.published_app_integration.get(enabled.integration_id).token_access_policy.as_dict())
account.published_app_integration.delete(enabled.integration_id)
print("left", list(account.published_app_integration.list()))

network = account.network_connectivity
config = network.create_network_connectivity_configuration(
    settings.CreateNetworkConnectivityConfiguration(name="ncc-west", region="us-west-2")
)
print("config", config.name, config.region, config.egress_config.default_rules.aws_stable_ip_rule.cidr_blocks)
rule = network.create_private_endpoint_rule(
    config.network_connectivity_config_id,
    settings.CreatePrivateEndpointRule(endpoint_service="com.amazonaws.us-west-2.s3", resource_names=["lake"]),
)
print("rule", rule.connection_state.value, rule.enabled)
rule = network.update_private_endpoint_rule(
    config.network_connectivity_config_id,
    rule.rule_id,
    settings.UpdatePrivateEndpointRule(enabled=True),
    "enabled",
)
print("rule", rule.connection_state.value, rule.enabled, rule.resource_names)
print("rules", len(list(network.list_private_endpoint_rules(config.network_connectivity_config_id))))
refused(network.delete_network_connectivity_configuration, config.network_connectivity_config_id)
print("deactivated", network.delete_private_endpoint_rule(config.network_connectivity_config_id, rule.rule_id).deactivated)
network.delete_network_connectivity_configuration(config.network_connectivity_config_id)
print("left", list(network.list_network_connectivity_configurations()))

robot = account.service_principals.create(display_name="robot")
name = f"accounts/{account.config.account_id}/servicePrincipals/{robot.application_id}/ruleSets/default"
access = account.access_control
rules = access.get_rule_set(name=name, etag="")
granted = access.update_rule_set(
    name=name,
    rule_set=iam.RuleSetUpdateRequest(
        name=name,
        etag=rules.etag,
        grant_rules=[iam.GrantRule(role="roles/servicePrincipal.user", principals=["users/admin@firesteel.local"])],
    ),
)
print("granted", [(each.role, each.principals) for each in granted.grant_rules])
refused(access.update_rule_set, name=name, rule_set=iam.RuleSetUpdateRequest(name=name, etag=rules.etag, grant_rules=[]))

addresses = account.ip_access_lists.create(
    label="office", list_type=settings.ListType.ALLOW, ip_addresses=["203.0.113.0/24", "2001:db8::/32"]
).ip_access_list
account.ip_access_lists.update(addresses.list_id, enabled=False)
print("addresses", [(each.label, each.address_count, each.enabled) for each in account.ip_access_lists.list()])
account.ip_access_lists.delete(addresses.list_id)
