import assert from "node:assert/strict";
import { test } from "node:test";
import { accountId, accountObjectId, principalId } from "../../src/core/ids.ts";
import type { AccountChange } from "../../src/core/ports/account-store.ts";
import { databricksHttp } from "../support/databricks-http.ts";
import { makeWorkspace } from "../support/databricks-workspaces.ts";

const USERS = 10_000;
/** Many times what it takes, of this process alone: what it catches is work that grows with the square. */
const LIMIT_MS = 10_000;

test("10,000 users are listed, filtered and paged at both levels", { timeout: 600_000 }, async (t) => {
  const http = await databricksHttp(t);
  const to = await makeWorkspace(http);
  const account = accountId(http.account);
  const group = principalId("100000000000000");
  const common = {
    account,
    workspace: null,
    displayName: null,
    externalId: null,
    active: true,
    roles: [],
    createdAtMs: 1,
    version: 0,
  };
  const changes: AccountChange[] = [
    { kind: "principal", row: { ...common, id: group, kind: "group", name: "everybody", person: null } },
    {
      kind: "workspace-assignment",
      row: { workspace: accountObjectId(to["x-databricks-workspace-id"]), principal: group, level: "USER" },
    },
  ];
  for (let count = 0; count < USERS; count += 1) {
    const id = principalId(String(200_000_000_000_000 + count));
    const name = `user-${count}@example.com`;
    const person = {
      givenName: "U",
      familyName: String(count),
      emails: [{ value: name, type: "work", primary: true }],
    };
    changes.push({ kind: "principal", row: { ...common, id, kind: "user", name, person } });
    changes.push({ kind: "group-member", group, member: id });
  }
  await http.store.commit(changes);

  const levels = [
    { name: "account", base: `/api/2.0/accounts/${http.account}/scim/v2`, headers: {}, others: 1 },
    { name: "workspace", base: "/api/2.0/preview/scim/v2", headers: to, others: 1 },
  ];
  for (const { name, base, headers, others } of levels) {
    const get = async (path: string) => {
      const before = process.cpuUsage();
      const answer = await http.send({ path: `${base}/${path}`, headers });
      const { user, system } = process.cpuUsage(before);
      const tookMs = (user + system) / 1000;
      t.diagnostic(`${name} ${path}: ${tookMs.toFixed(0)} ms of the processor`);
      assert.equal(answer.statusCode, 200, answer.body);
      assert.ok(tookMs < LIMIT_MS, `${path} took ${tookMs} ms of the processor`);
      return answer.json();
    };
    // As `databricks account users list` does: until a page is empty.
    const ids = new Set<string>();
    for (let startIndex = 1; ; ) {
      const { Resources, totalResults } = await get(`Users?startIndex=${startIndex}&count=10000`);
      assert.equal(totalResults, USERS + others);
      if (Resources.length === 0) break;
      for (const { id } of Resources) ids.add(id);
      startIndex += Resources.length;
    }
    assert.equal(ids.size, USERS + others);
    const page = await get("Users?startIndex=9901&count=100&sortBy=userName&attributes=userName");
    assert.equal(page.Resources.length, 100);
    const one = await get(`Users?filter=${encodeURIComponent('userName eq "USER-77@example.com"')}`);
    assert.deepEqual(
      one.Resources.map((each: { userName: string }) => each.userName),
      ["user-77@example.com"],
    );
    const some = await get(
      `Users?filter=${encodeURIComponent('name.familyName sw "99" and active eq true')}`,
    );
    assert.equal(some.totalResults, 111);
    const groups = await get("Groups");
    const everybody = groups.Resources.find(
      (each: { displayName: string }) => each.displayName === "everybody",
    );
    assert.equal(everybody.members.length, USERS);
  }
});
