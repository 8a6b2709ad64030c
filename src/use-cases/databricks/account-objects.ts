import {
  type AccountObject,
  type AccountObjectBodies,
  type AccountObjectKind,
  nameClaim,
} from "../../core/account-object/account-object.ts";
import { accountObjectChanged } from "../../core/account-object/events.ts";
import { accountObjectChange, tiesOf } from "../../core/account-object/ties.ts";
import { alreadyExists, doesNotExist, invalidState } from "../../core/databricks-errors.ts";
import { type AccountId, accountObjectId } from "../../core/ids.ts";
import type { AccountStore } from "../../core/ports/account-store.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksContext, DatabricksDependencies } from "./context.ts";

/** What a kind is called in messages, as the vendor's own have it. */
const NOUNS: Readonly<Record<AccountObjectKind, string>> = {
  account: "Account",
  // databricks-account-api.md B1 prints "Credential configuration name"; the others follow it.
  credentials: "Credential",
  "storage-configuration": "Storage",
  "customer-managed-key": "Customer managed key",
  "vpc-endpoint": "VPC endpoint",
  "private-access-settings": "Private access settings",
  network: "Network",
  workspace: "Workspace",
  "custom-app-integration": "Custom OAuth app integration",
  "published-app-integration": "Published OAuth app integration",
  "log-delivery": "Log delivery",
  "network-connectivity-config": "Network connectivity",
  "private-endpoint-rule": "Private endpoint rule",
};

/** The kinds whose objects are not configurations of something else. */
const THINGS: ReadonlySet<AccountObjectKind> = new Set([
  "account",
  "custom-app-integration",
  "published-app-integration",
  "private-endpoint-rule",
]);

const titleOf = (kind: AccountObjectKind) =>
  THINGS.has(kind) ? NOUNS[kind] : `${NOUNS[kind]} configuration`;

export interface NewAccountObject<Kind extends AccountObjectKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly body: AccountObjectBodies[Kind];
  readonly state?: string;
}

/**
 * Stores a new object. `check` is asked before each try to commit and throws what forbids the object now.
 * Throws a DomainError `RESOURCE_ALREADY_EXISTS` where the name is taken.
 */
export function createAccountObject<Kind extends AccountObjectKind>(
  { store, clock, ids }: DatabricksDependencies,
  { caller }: DatabricksContext,
  made: NewAccountObject<Kind>,
  check: () => Promise<void> = async () => undefined,
): Promise<AccountObject<Kind>> {
  return retryStale(async () => {
    const row: AccountObject<Kind> = {
      id: accountObjectId(ids.uuid()),
      account: caller.account,
      kind: made.kind,
      name: made.name,
      state: made.state ?? null,
      body: made.body,
      createdAtMs: clock.now(),
      version: 0,
    };
    if ((await store.accountObjects.holding(nameClaim(row))) !== null) {
      throw alreadyExists(
        `${titleOf(made.kind)} name \`${made.name}\` already exists in this account. Try again with a unique name.`,
      );
    }
    await check();
    await refuseOverLimit(store, row);
    await store.commit([
      accountObjectChange(row),
      { kind: "event", event: accountObjectChanged("created", row, caller.principal, clock.now()) },
    ]);
    return { ...row, version: 1 };
  });
}

/** Throws what an object's limits say where it would be one too many; of two at the same instant the store lets one through. */
export async function refuseOverLimit(store: AccountStore, row: AccountObject): Promise<void> {
  for (const limit of tiesOf(row).limits) {
    if ((await store.accountObjects.countClaims(limit, row.id)) >= limit.max) throw limit.exceeded();
  }
}

/** Throws a DomainError `RESOURCE_DOES_NOT_EXIST` where the account has no such object. */
export async function getAccountObject<Kind extends AccountObjectKind>(
  { store }: DatabricksDependencies,
  account: AccountId,
  kind: Kind,
  id: string,
): Promise<AccountObject<Kind>> {
  const found = await store.accountObjects.get(account, kind, accountObjectId(id));
  if (found === null) throw doesNotExist(`${titleOf(kind)} with id ${id} does not exist.`);
  return found;
}

/**
 * Replaces an object by what `change` makes of it as it is now. Throws what that throws, and `RESOURCE_DOES_NOT_EXIST`.
 */
export function changeAccountObject<Kind extends AccountObjectKind>(
  dependencies: DatabricksDependencies,
  { caller }: DatabricksContext,
  kind: Kind,
  id: string,
  change: (before: AccountObject<Kind>) => AccountObject<Kind> | Promise<AccountObject<Kind>>,
): Promise<AccountObject<Kind>> {
  const { store, clock } = dependencies;
  return retryStale(async () => {
    const row = await change(await getAccountObject(dependencies, caller.account, kind, id));
    await refuseOverLimit(store, row);
    await store.commit([
      accountObjectChange(row),
      { kind: "event", event: accountObjectChanged("changed", row, caller.principal, clock.now()) },
    ]);
    return { ...row, version: row.version + 1 };
  });
}

/**
 * Deletes an object that nothing needs. Answers what it was. Throws a DomainError `INVALID_STATE` that names the first
 * object that needs it (databricks-account-api.md B8).
 */
export function deleteAccountObject<Kind extends AccountObjectKind>(
  dependencies: DatabricksDependencies,
  { caller }: DatabricksContext,
  kind: Kind,
  id: string,
): Promise<AccountObject<Kind>> {
  const { store, clock } = dependencies;
  return retryStale(async () => {
    const row = await getAccountObject(dependencies, caller.account, kind, id);
    const [user] = await store.accountObjects.needing(row.id);
    if (user !== undefined) {
      throw invalidState(
        `Unable to delete, ${NOUNS[kind]} is being used by active ${user.kind.replaceAll("-", " ")} ${user.id}`,
      );
    }
    await store.commit([
      { kind: "account-object-deleted", id: row.id, version: row.version },
      { kind: "event", event: accountObjectChanged("deleted", row, caller.principal, clock.now()) },
    ]);
    return row;
  });
}
