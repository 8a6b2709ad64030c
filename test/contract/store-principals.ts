import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { accountId, accountObjectId, type PrincipalId, principalId } from "../../src/core/ids.ts";
import type { AccountChange, WorkspaceGrants } from "../../src/core/ports/account-store.ts";
import { DuplicateError, StaleVersionError } from "../../src/core/ports/store.ts";
import type { Principal, PrincipalKind } from "../../src/core/principal/principal.ts";
import { workspaceChange } from "../support/workspace-rows.ts";
import type { WithStore } from "./store.ts";
import { storePrincipalPagesContract } from "./store-principal-pages.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");
const creator = principalId("1");
const HERE = accountObjectId("100000000000001");
const THERE = accountObjectId("100000000000002");

function principal(id: string, kind: PrincipalKind, patch: Partial<Principal> = {}): AccountChange {
  const row: Principal = {
    id: principalId(id),
    account,
    kind,
    workspace: null,
    name: id,
    displayName: null,
    externalId: null,
    active: true,
    roles: [],
    person: null,
    createdAtMs: Number(id),
    version: 0,
    ...patch,
  };
  return { kind: "principal", row };
}

const member = (group: string, of: string): AccountChange => ({
  kind: "group-member",
  group: principalId(group),
  member: principalId(of),
});
const assignment = (id: string, level: "USER" | "ADMIN"): AccountChange => ({
  kind: "workspace-assignment",
  row: { workspace: HERE, principal: principalId(id), level },
});
const ids = (rows: readonly { readonly id: PrincipalId }[]) => rows.map(({ id }) => id);

/** What holds of principals in accounts and workspaces in every store. */
export function storePrincipalsContract(withStore: WithStore): void {
  describe("in pages", () => storePrincipalPagesContract(withStore));

  it(
    "a name is one group's in each workspace and one in the account, and goes with the workspace",
    withStore(async (store) => {
      const local = (id: string, where: typeof HERE) =>
        principal(id, "group", { workspace: where, name: "Team" });
      await store.commit([
        local("2", HERE),
        local("3", THERE),
        principal("4", "group", { name: "team" }),
        workspaceChange(HERE),
        workspaceChange(THERE),
      ]);
      assert.equal((await store.principals.named(account, "group", "TEAM"))?.id, "4");
      assert.equal((await store.principals.named(account, "group", "team", HERE))?.id, "2");
      assert.deepEqual(ids(await store.principals.list(account, "group")), ["4"]);
      await assert.rejects(store.commit([local("5", HERE)]), DuplicateError);
      await store.commit([{ kind: "account-object-deleted", id: HERE, version: 1 }]);
      assert.equal(await store.principals.get(account, principalId("2")), null);
      assert.equal((await store.principals.get(account, principalId("3")))?.workspace, THERE);
    }),
  );

  it(
    "who is in a workspace is found by assignments, also of groups at any depth",
    withStore(async (store) => {
      await store.commit([
        workspaceChange(HERE),
        principal("2", "user"),
        principal("3", "user"),
        principal("4", "user"),
        principal("5", "service-principal"),
        principal("6", "group"),
        principal("7", "group"),
        principal("8", "group", { workspace: HERE }),
        member("6", "7"),
        member("7", "6"),
        member("7", "3"),
        member("7", "5"),
        member("8", "4"),
        assignment("6", "USER"),
        assignment("2", "ADMIN"),
        assignment("3", "USER"),
      ]);
      const inside = async (kind: PrincipalKind) => ids(await store.principals.inWorkspace(HERE, kind));
      assert.deepEqual(await inside("user"), ["2", "3"]);
      assert.deepEqual(await inside("service-principal"), ["5"]);
      assert.deepEqual(await inside("group"), ["6", "8"]);
      assert.deepEqual(ids(await store.principals.assignedTo(HERE, "ADMIN")), ["2"]);
      const above = await store.principals.membershipsAbove([principalId("3"), principalId("4")]);
      assert.deepEqual(above.map((edge) => `${edge.member} in ${edge.group}`).sort(), [
        "3 in 7",
        "4 in 8",
        "6 in 7",
        "7 in 6",
      ]);
      const members = await store.principals.membersOfEach([principalId("7"), principalId("8")]);
      assert.deepEqual(
        members.map((edge) => `${edge.member.id} in ${edge.group}`),
        ["3 in 7", "5 in 7", "6 in 7", "4 in 8"],
      );
      const those = await store.principals.those(account, [principalId("8"), principalId("2"), creator]);
      assert.deepEqual(ids(those), ["2", "8"]);
      const among = await store.workspaceAssignments.among(HERE, [principalId("3"), principalId("4")]);
      assert.deepEqual(among, [{ workspace: HERE, principal: "3", level: "USER" }]);
    }),
  );

  it(
    "whoever leaves a workspace leaves its groups and grants, and comes back to none of them",
    withStore(async (store) => {
      const grants: WorkspaceGrants = {
        workspace: HERE,
        principal: principalId("2"),
        entitlements: ["workspace-access"],
        roles: ["r"],
        active: false,
        version: 0,
      };
      const granted: AccountChange = { kind: "workspace-grants", row: grants };
      await store.commit([
        granted,
        workspaceChange(HERE),
        principal("2", "user"),
        principal("3", "group", { workspace: HERE }),
        principal("4", "group"),
        member("3", "2"),
        member("4", "2"),
        assignment("2", "USER"),
      ]);
      assert.deepEqual(await store.workspaceGrants.of(HERE, principalId("2")), { ...grants, version: 1 });
      await assert.rejects(store.commit([granted]), DuplicateError);
      const stale = store.commit([{ kind: "workspace-grants", row: { ...grants, version: 2 } }]);
      await assert.rejects(stale, StaleVersionError);
      const removed: AccountChange = {
        kind: "workspace-assignment-removed",
        workspace: HERE,
        principal: principalId("2"),
      };
      await store.commit([removed]);
      await store.commit([removed, assignment("2", "USER")]);
      assert.deepEqual(await store.workspaceGrants.among(HERE, [principalId("2")]), []);
      assert.deepEqual(await store.principals.directGroupsOf(principalId("2")), ["4"]);
    }),
  );

  it(
    "a setting is one document of its owner, written by whoever saw the last version",
    withStore(async (store) => {
      const written = (body: object, version: number): AccountChange => ({
        kind: "setting",
        row: { owner: HERE, name: "conf", body: { ...body }, version },
      });
      await store.commit([workspaceChange(HERE), written({ a: "1" }, 0)]);
      await assert.rejects(store.commit([written({}, 0)]), DuplicateError);
      await assert.rejects(store.commit([written({}, 2)]), StaleVersionError);
      await store.commit([written({ b: ["2"] }, 1)]);
      assert.deepEqual(await store.settings.get(HERE, "conf"), {
        owner: HERE,
        name: "conf",
        body: { b: ["2"] },
        version: 2,
      });
      const deleted = (version: number): AccountChange => ({
        kind: "setting-deleted",
        owner: HERE,
        name: "conf",
        version,
      });
      await assert.rejects(store.commit([deleted(1)]), StaleVersionError);
      await store.commit([deleted(2)]);
      assert.equal(await store.settings.get(HERE, "conf"), null);
    }),
  );
}
