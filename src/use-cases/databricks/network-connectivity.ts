import type { AccountObject } from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import {
  type ConnectionState,
  checkConfigName,
  checkPrivateEndpointRule,
  connectionState,
  isForS3,
  isOver,
  type PrivateEndpointRule,
} from "../../core/account-object/network-connectivity.ts";
import { doesNotExist, invalidParameter, invalidState } from "../../core/databricks-errors.ts";
import type { AccountId } from "../../core/ids.ts";
import type { Change } from "../../core/ports/store.ts";
import { REGIONS } from "../../core/workspace/regions.ts";
import { retryStale } from "../retry-stale.ts";
import { changeAccountObject, createAccountObject, getAccountObject } from "./account-objects.ts";
import type { DatabricksContext } from "./context.ts";
import type { WorkspaceDependencies } from "./workspace-dependencies.ts";

type Config = AccountObject<"network-connectivity-config">;
type Rule = AccountObject<"private-endpoint-rule">;

/** A rule, and how its endpoint stands now. */
export interface ShownRule {
  readonly rule: Rule;
  readonly connection: ConnectionState;
}

const CONFIG = "network-connectivity-config";
const RULE = "private-endpoint-rule";

/** `network-connectivity.create-network-connectivity-configuration`. */
export async function createNetworkConnectivity(
  dependencies: WorkspaceDependencies,
  context: DatabricksContext,
  { name, region }: { readonly name: string; readonly region: string },
): Promise<Config> {
  checkConfigName(name);
  if (!REGIONS.has(region)) throw invalidParameter(`region: '${region}' is not a region for workspaces.`);
  return createAccountObject(dependencies, context, { kind: CONFIG, name, body: { region } });
}

/** Refused while a workspace has it, or a rule of it is in force; rules that are not go with it. */
export function deleteNetworkConnectivity(
  dependencies: WorkspaceDependencies,
  { caller }: DatabricksContext,
  id: string,
): Promise<void> {
  const { store, clock } = dependencies;
  return retryStale(async () => {
    const config = await getAccountObject(dependencies, caller.account, CONFIG, id);
    const needing = await store.accountObjects.needing(config.id);
    const rules = needing.filter(isRule);
    const workspace = needing.find((each) => !isRule(each));
    if (workspace !== undefined)
      throw invalidState(
        `Unable to delete, Network connectivity configuration is being used by active workspace ${workspace.id}`,
      );
    const inForce = rules.find(({ body }) => body.deactivatedAtMs === null);
    if (inForce !== undefined)
      throw invalidState(
        `Unable to delete, Network connectivity configuration has private endpoint rule ${inForce.id}: delete that first.`,
      );
    await store.commit([
      ...rules.map(removal),
      removal(config),
      { kind: "event", event: accountObjectChanged("deleted", config, caller.principal, clock.now()) },
    ]);
  });
}

/** All rules of a configuration, oldest first. Throws `RESOURCE_DOES_NOT_EXIST` where the account has no such one. */
export async function privateEndpointRules(
  dependencies: WorkspaceDependencies,
  account: AccountId,
  configId: string,
): Promise<readonly ShownRule[]> {
  const config = await getAccountObject(dependencies, account, CONFIG, configId);
  const rules = await rulesOf(dependencies, config);
  return Promise.all(rules.map((rule) => shown(dependencies, rule)));
}

export async function getPrivateEndpointRule(
  dependencies: WorkspaceDependencies,
  account: AccountId,
  configId: string,
  id: string,
): Promise<ShownRule> {
  const config = await getAccountObject(dependencies, account, CONFIG, configId);
  const rule = (await rulesOf(dependencies, config)).find((each) => each.id === id);
  if (rule === undefined) throw doesNotExist(`Private endpoint rule ${id} does not exist.`);
  return shown(dependencies, rule);
}

/** Answers PENDING: an endpoint is made after the answer (databricks-solutions/technical-services-solutions#46). */
export async function createPrivateEndpointRule(
  dependencies: WorkspaceDependencies,
  context: DatabricksContext,
  configId: string,
  given: Pick<PrivateEndpointRule, "endpointService" | "resourceNames" | "domainNames">,
): Promise<ShownRule> {
  const config = await getAccountObject(dependencies, context.caller.account, CONFIG, configId);
  // Those that are over make room.
  await rulesOf(dependencies, config);
  const body: PrivateEndpointRule = {
    ...given,
    config: config.id,
    region: config.body.region,
    // As the service has it: what is sent at creation does not count (the same thread).
    enabled: false,
    deactivatedAtMs: null,
    updatedAtMs: dependencies.clock.now(),
  };
  checkPrivateEndpointRule(body);
  const made = { kind: RULE, name: given.endpointService, body } as const;
  return { rule: await createAccountObject(dependencies, context, made), connection: "PENDING" };
}

/** Replaces what is given. A rule for S3 can be enabled once its connection is ESTABLISHED (the same thread). */
export async function changePrivateEndpointRule(
  dependencies: WorkspaceDependencies,
  context: DatabricksContext,
  configId: string,
  id: string,
  change: Partial<Pick<PrivateEndpointRule, "resourceNames" | "domainNames" | "enabled">>,
): Promise<ShownRule> {
  const { rule, connection } = await getPrivateEndpointRule(
    dependencies,
    context.caller.account,
    configId,
    id,
  );
  const { enabled, ...names } = change;
  const updatedAtMs = dependencies.clock.now();
  const changed = await changeAccountObject(dependencies, context, RULE, rule.id, (before) => {
    if (before.body.deactivatedAtMs !== null)
      throw invalidState(`Private endpoint rule ${id} is deactivated.`);
    if (enabled === true && isForS3(before.body) && connection !== "ESTABLISHED")
      throw invalidState(
        `Private endpoint rule ${id} can be enabled once its connection is ESTABLISHED; it is ${connection}.`,
      );
    // Of a service of the customer's own it is not looked at: Terraform sends it with every change.
    const on = isForS3(before.body) ? (enabled ?? before.body.enabled) : false;
    const body = { ...before.body, ...names, enabled: on, updatedAtMs };
    checkPrivateEndpointRule(body);
    return { ...before, body };
  });
  return { rule: changed, connection };
}

/** Gone at once where its connection is PENDING or EXPIRED; else deactivated, and gone after a day. */
export async function deletePrivateEndpointRule(
  dependencies: WorkspaceDependencies,
  context: DatabricksContext,
  configId: string,
  id: string,
): Promise<ShownRule> {
  const { store, clock } = dependencies;
  const { account, principal } = context.caller;
  return retryStale(async () => {
    const found = await getPrivateEndpointRule(dependencies, account, configId, id);
    const { rule, connection } = found;
    if (rule.body.deactivatedAtMs !== null) return found;
    const nowMs = clock.now();
    const deactivated = <Of extends Rule>(of: Of) => ({
      ...of,
      body: { ...of.body, enabled: false, deactivatedAtMs: nowMs, updatedAtMs: nowMs },
    });
    if (connection !== "PENDING" && connection !== "EXPIRED")
      return {
        rule: await changeAccountObject(dependencies, context, RULE, rule.id, deactivated),
        connection,
      };
    await store.commit([
      removal(rule),
      { kind: "event", event: accountObjectChanged("deleted", rule, principal, nowMs) },
    ]);
    return { rule: deactivated(rule), connection };
  });
}

/** Those of a configuration; what is over is removed. */
function rulesOf({ store, clock }: WorkspaceDependencies, config: Config): Promise<readonly Rule[]> {
  return retryStale(async () => {
    const rules = (await store.accountObjects.needing(config.id)).filter(isRule);
    const over = rules.filter(({ body }) => isOver(body, clock.now()));
    if (over.length > 0) await store.commit(over.map(removal));
    return rules.filter((rule) => !over.includes(rule));
  });
}

async function shown({ cloud, clock }: WorkspaceDependencies, rule: Rule): Promise<ShownRule> {
  const state = await cloud.privateEndpoint(rule.body.endpointService);
  return { rule, connection: connectionState(state, rule.createdAtMs, clock.now()) };
}

function isRule(object: AccountObject): object is Rule {
  return object.kind === RULE;
}

function removal({ id, version }: Pick<AccountObject, "id" | "version">): Change {
  return { kind: "account-object-deleted", id, version };
}
