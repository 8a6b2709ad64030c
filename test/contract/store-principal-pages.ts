import assert from "node:assert/strict";
import { it } from "node:test";
import { accountId, accountObjectId, principalId } from "../../src/core/ids.ts";
import type { AccountChange, PrincipalPageQuery } from "../../src/core/ports/account-store.ts";
import { type DescribedPrincipal, valuesOf } from "../../src/core/principal/described-principal.ts";
import type { Principal } from "../../src/core/principal/principal.ts";
import { conditionOf } from "../../src/core/principal/principal-query.ts";
import { matchesScimFilter, parseScimFilter } from "../../src/core/principal/scim-filter.ts";
import { workspaceChange } from "../support/workspace-rows.ts";
import type { WithStore } from "./store.ts";

const account = accountId("11111111-2222-3333-4444-555555555555");
const HERE = accountObjectId("100000000000001");

/** Names that mean something to SQL, to patterns and to alphabets. */
const NAMES = [
  "ann@x.org",
  "ANN.B@x.org",
  "100%@x.org",
  "100x@x.org",
  "a_b@x.org",
  "axb@x.org",
  "back\\slash@x.org",
  "o'hara@x.org",
  '"; drop table principals; --@x.org',
  "Ünï@x.org",
  "zoë@x.org",
];

const FILTERS = [
  'userName eq "ANN@x.org"',
  'userName ne "ann@x.org"',
  'userName co "%"',
  'userName co "_"',
  'userName co "\\\\"',
  'userName co "o\'"',
  'userName co "; drop"',
  'userName sw "ann"',
  'userName sw "ÜNÏ"',
  'userName ew "B@X.org"',
  "userName pr",
  'id eq "5"',
  'id sw "1"',
  "active eq true",
  "active ne true",
  "active eq False",
  "active eq maybe",
  "active ne maybe",
  'userName sw "a" and active eq true',
  'userName sw "a" or userName sw "1" or id eq "8"',
  'not (userName co "x" and not (active eq true))',
  '(userName sw "a" or active eq false) and userName co "b"',
];

function user(name: string, index: number): Principal {
  return {
    id: principalId(String(index + 1)),
    account,
    kind: "user",
    workspace: null,
    name,
    displayName: null,
    externalId: null,
    active: index % 3 !== 1,
    roles: [],
    person: null,
    createdAtMs: 1000 - index,
    version: 0,
  };
}

/** Pages of principals: what a store judges and orders itself has to come out as it does in memory. */
export function storePrincipalPagesContract(withStore: WithStore): void {
  const users = NAMES.map(user);
  const keptOut = principalId("1");
  const changes: AccountChange[] = [
    workspaceChange(HERE),
    ...users.map((row): AccountChange => ({ kind: "principal", row })),
    // All but the last are in the workspace; the first is kept out of it there.
    ...users.slice(0, -1).map(
      ({ id }): AccountChange => ({
        kind: "workspace-assignment",
        row: { workspace: HERE, principal: id, level: "USER" },
      }),
    ),
    {
      kind: "workspace-grants",
      row: { workspace: HERE, principal: keptOut, entitlements: [], roles: [], active: false, version: 0 },
    },
  ];
  const all: PrincipalPageQuery = {
    account,
    workspace: null,
    kind: "user",
    condition: null,
    order: { by: "age", direction: "ascending" },
    offset: 0,
    limit: 100,
  };
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  const oldestFirst = users.toReversed();

  it(
    "a filter finds the same in the store as in memory, in the account and in a workspace",
    withStore(async (store) => {
      await store.commit(changes);
      for (const workspace of [null, HERE]) {
        const inside = workspace === null ? oldestFirst : oldestFirst.slice(1);
        for (const text of FILTERS) {
          const filter = parseScimFilter(text);
          const condition = conditionOf(filter, "user");
          assert.ok(condition, text);
          const described = (principal: Principal): DescribedPrincipal => ({
            principal,
            active: principal.active && (workspace === null || principal.id !== keptOut),
            roles: [],
            entitlements: [],
            groups: [],
            members: [],
          });
          const expected = inside.filter((each) => matchesScimFilter(filter, valuesOf(described(each))));
          const { total, rows } = await store.principals.page({ ...all, workspace, condition });
          assert.deepEqual([ids(rows), total], [ids(expected), expected.length], `${workspace}: ${text}`);
        }
      }
    }),
  );

  it(
    "pages follow each other in every order, and each tells the total",
    withStore(async (store) => {
      await store.commit(changes);
      const byName = users.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      const byId = users.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      for (const [by, rows] of [
        ["age", oldestFirst],
        ["name", byName],
        ["id", byId],
      ] as const) {
        for (const direction of ["ascending", "descending"] as const) {
          const found: string[] = [];
          for (let offset = 0; offset < 14; offset += 4) {
            const page = await store.principals.page({ ...all, order: { by, direction }, offset, limit: 4 });
            assert.equal(page.total, users.length);
            found.push(...ids(page.rows));
          }
          assert.deepEqual(found, ids(direction === "ascending" ? rows : rows.toReversed()), by);
        }
      }
      const none = await store.principals.page({ ...all, limit: 0 });
      assert.deepEqual([none.total, none.rows], [users.length, []]);
    }),
  );
}
