import type { Static } from "typebox";
import type {
  NetworkConnectivityConfiguration,
  PrivateEndpointRule,
} from "../../contract/databricks-account/network-connectivity.ts";
import type { AccountObject } from "../../core/account-object/account-object.ts";
import { isForS3 } from "../../core/account-object/network-connectivity.ts";
import { invalidParameter } from "../../core/databricks-errors.ts";
import type { ShownRule } from "../../use-cases/databricks/network-connectivity.ts";
import { pageOf } from "../../use-cases/databricks/pages.ts";
import type { DatabricksUseCases } from "../../use-cases/databricks/use-cases.ts";
import type { AccountHandlers } from "./handlers.ts";

type Config = AccountObject<"network-connectivity-config">;
type WireRule = Static<typeof PrivateEndpointRule>;
type Wire = Static<typeof NetworkConnectivityConfiguration>;

/** More than the limits of a region let an account have in most regions together. */
const PAGE = { default: 100, max: 100 };

export function networkConnectivityHandlers(
  useCases: DatabricksUseCases,
): AccountHandlers<
  | "network-connectivity.create-network-connectivity-configuration"
  | "network-connectivity.list-network-connectivity-configurations"
  | "network-connectivity.get-network-connectivity-configuration"
  | "network-connectivity.delete-network-connectivity-configuration"
  | "network-connectivity.create-private-endpoint-rule"
  | "network-connectivity.list-private-endpoint-rules"
  | "network-connectivity.get-private-endpoint-rule"
  | "network-connectivity.update-private-endpoint-rule"
  | "network-connectivity.delete-private-endpoint-rule"
> {
  const kind = "network-connectivity-config";
  const withRules = async (config: Config) =>
    wire(config, await useCases.privateEndpointRules(config.account, config.id));
  return {
    async "network-connectivity.create-network-connectivity-configuration"(context, input) {
      return wire(await useCases.createNetworkConnectivity(context, input), []);
    },
    async "network-connectivity.list-network-connectivity-configurations"({ caller }, input) {
      const all = await useCases.list(caller.account, kind);
      const { rows, nextPageToken } = pageOf(all, { size: null, token: input.page_token ?? null }, PAGE);
      return {
        items: await Promise.all(rows.map(withRules)),
        ...(nextPageToken !== null && { next_page_token: nextPageToken }),
      };
    },
    async "network-connectivity.get-network-connectivity-configuration"({ caller }, input) {
      return withRules(await useCases.get(caller.account, kind, input.network_connectivity_config_id));
    },
    async "network-connectivity.delete-network-connectivity-configuration"(context, input) {
      await useCases.deleteNetworkConnectivity(context, input.network_connectivity_config_id);
      return {};
    },
    async "network-connectivity.create-private-endpoint-rule"(context, input) {
      const made = await useCases.createPrivateEndpointRule(context, input.network_connectivity_config_id, {
        endpointService: input.endpoint_service,
        resourceNames: input.resource_names ?? null,
        domainNames: input.domain_names ?? null,
      });
      return wireRule(made);
    },
    async "network-connectivity.list-private-endpoint-rules"({ caller }, input) {
      const id = input.network_connectivity_config_id;
      const rules = await useCases.privateEndpointRules(caller.account, id);
      const byId = new Map(rules.map((each) => [each.rule.id, each]));
      const query = { size: null, token: input.page_token ?? null };
      const { rows, nextPageToken } = pageOf(
        rules.map(({ rule }) => rule),
        query,
        PAGE,
      );
      return {
        items: rows.flatMap(({ id: ruleId }) => byId.get(ruleId) ?? []).map(wireRule),
        ...(nextPageToken !== null && { next_page_token: nextPageToken }),
      };
    },
    async "network-connectivity.get-private-endpoint-rule"({ caller }, input) {
      const { network_connectivity_config_id: config, private_endpoint_rule_id: id } = input;
      return wireRule(await useCases.getPrivateEndpointRule(caller.account, config, id));
    },
    async "network-connectivity.update-private-endpoint-rule"(context, input) {
      const { network_connectivity_config_id: config, private_endpoint_rule_id: id } = input;
      const mask = new Set(input.update_mask.split(",").map((name) => name.trim()));
      const has = (name: string) => mask.delete(name) || input.update_mask === "*";
      const change = {
        ...(has("domain_names") && { domainNames: input.domain_names ?? null }),
        ...(has("resource_names") && { resourceNames: input.resource_names ?? null }),
        ...(has("enabled") && { enabled: input.enabled ?? false }),
      };
      mask.delete("*");
      if (mask.size > 0)
        throw invalidParameter(
          `update_mask: ${[...mask].join(", ")} of a private endpoint rule cannot be changed: give domain_names, resource_names, enabled.`,
        );
      return wireRule(await useCases.changePrivateEndpointRule(context, config, id, change));
    },
    async "network-connectivity.delete-private-endpoint-rule"(context, input) {
      const { network_connectivity_config_id: config, private_endpoint_rule_id: id } = input;
      return wireRule(await useCases.deletePrivateEndpointRule(context, config, id));
    },
  };
}

function wire({ id, account, name, body, createdAtMs }: Config, rules: readonly ShownRule[]): Wire {
  return {
    network_connectivity_config_id: id,
    account_id: account,
    name,
    region: body.region,
    creation_time: createdAtMs,
    // Nothing of it changes but its rules, which have times of their own.
    updated_time: createdAtMs,
    egress_config: {
      default_rules: { aws_stable_ip_rule: { cidr_blocks: [] } },
      target_rules: { aws_private_endpoint_rules: rules.map(wireRule) },
    },
  };
}

function wireRule({ rule, connection }: ShownRule): WireRule {
  const { body } = rule;
  return {
    rule_id: rule.id,
    network_connectivity_config_id: body.config,
    account_id: rule.account,
    endpoint_service: body.endpointService,
    ...(body.resourceNames !== null && { resource_names: [...body.resourceNames] }),
    ...(body.domainNames !== null && { domain_names: [...body.domainNames] }),
    ...(isForS3(body) && { enabled: body.enabled }),
    connection_state: connection,
    deactivated: body.deactivatedAtMs !== null,
    ...(body.deactivatedAtMs !== null && { deactivated_at: body.deactivatedAtMs }),
    creation_time: rule.createdAtMs,
    updated_time: body.updatedAtMs,
  };
}
