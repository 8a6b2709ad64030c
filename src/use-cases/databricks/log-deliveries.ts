import type { AccountObject } from "../../core/account-object/account-object.ts";
import {
  checkLogDelivery,
  type LogDelivery,
  type LogDeliveryState,
  NEVER_ENABLED,
  NO_ATTEMPT,
  type OutputFormat,
} from "../../core/account-object/log-delivery.ts";
import { invalidParameter, invalidState } from "../../core/databricks-errors.ts";
import { monthOf } from "../../core/month.ts";
import { changeAccountObject, createAccountObject } from "./account-objects.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

export interface NewLogDelivery
  extends Pick<
    LogDelivery,
    "type" | "credentials" | "storageConfiguration" | "pathPrefix" | "startMonth" | "workspaces"
  > {
  readonly name: string;
  readonly format: OutputFormat;
  readonly state: LogDeliveryState;
}

/** `log-delivery.create`. Throws where what it names is missing or does not fit, and where there are enough already. */
export async function createLogDelivery(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  input: NewLogDelivery,
): Promise<AccountObject<"log-delivery">> {
  const { name, format, state, ...parts } = input;
  const nowMs = dependencies.clock.now();
  // databricks-sdk-py, service/billing.py: usage is delivered from the present month on where no other is given.
  const startMonth = parts.startMonth ?? (parts.type === "BILLABLE_USAGE" ? monthOf(nowMs) : null);
  const body: LogDelivery = {
    ...parts,
    startMonth,
    enabledAtMs: nowMs,
    updatedAtMs: nowMs,
    outcome: state === "ENABLED" ? NO_ATTEMPT : NEVER_ENABLED,
  };
  checkLogDelivery(name, format, body);
  return createAccountObject(dependencies, context, { kind: "log-delivery", name, state, body }, async () => {
    const missing = await missingParts(dependencies, context, body);
    if (missing !== null) throw invalidParameter(`${missing} does not exist.`);
    for (const workspace of new Set(body.workspaces ?? [])) {
      if (
        (await dependencies.store.accountObjects.get(context.caller.account, "workspace", workspace)) === null
      )
        throw invalidParameter(`workspace_ids_filter: workspace ${workspace} does not exist.`);
    }
  });
}

/** `log-delivery.patch-status`. What happens while it is disabled is not delivered later. */
export async function changeLogDeliveryState(
  dependencies: DatabricksDependencies,
  context: DatabricksContext,
  id: string,
  state: LogDeliveryState,
): Promise<void> {
  const updatedAtMs = dependencies.clock.now();
  await changeAccountObject(dependencies, context, "log-delivery", id, async (before) => {
    if (before.state === state) return before;
    if (state === "DISABLED") return { ...before, state, body: { ...before.body, updatedAtMs } };
    // A disabled one does not keep them from being deleted.
    const missing = await missingParts(dependencies, context, before.body);
    if (missing !== null) throw invalidState(`${missing} does not exist any more.`);
    const outcome = before.body.outcome.attemptedAtMs === null ? NO_ATTEMPT : before.body.outcome;
    return { ...before, state, body: { ...before.body, outcome, updatedAtMs, enabledAtMs: updatedAtMs } };
  });
}

/** The first part of a configuration that the account does not have, as the wire calls it. */
async function missingParts(
  { store }: DatabricksDependencies,
  { caller: { account } }: DatabricksContext,
  { credentials, storageConfiguration }: LogDelivery,
): Promise<string | null> {
  const { accountObjects } = store;
  if ((await accountObjects.get(account, "credentials", credentials)) === null)
    return `credentials_id: configuration ${credentials}`;
  if ((await accountObjects.get(account, "storage-configuration", storageConfiguration)) === null)
    return `storage_configuration_id: configuration ${storageConfiguration}`;
  return null;
}
