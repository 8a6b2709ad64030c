import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { databricksHttp } from "../../test/support/databricks-http.ts";
import { runningWorkspaces } from "../../test/support/databricks-workspaces.ts";
import { accountId } from "../core/ids.ts";
import { type Mail, MailRefusedError } from "../core/ports/mail.ts";
import type { Store } from "../core/ports/store.ts";
import { Mailer } from "./mailer.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A store in which nothing can be written once a mail has been claimed. */
function failing(store: Store, fails: () => boolean, why: string): Store {
  return {
    ...store,
    commit: (changes) =>
      fails() && changes.every(({ kind }) => kind !== "outgoing-mail-claimed")
        ? Promise.reject(new Error(why))
        : store.commit(changes),
  };
}

/** A server on which mail is sent when asked to, and a transport that answers as it is told. */
async function world(t: TestContext) {
  const http = await databricksHttp(t);
  const sent: Mail[] = [];
  const failures: [recipient: string, isFinal: boolean][] = [];
  const state = { answer: async () => undefined as unknown };
  const mailer = new Mailer({
    store: http.store,
    clock: http.clock,
    transport: {
      async deliver(mail) {
        await state.answer();
        sent.push(mail);
      },
    },
    workspaceUrl: ({ deploymentName }) => `https://${deploymentName}.example.com`,
    onFailure: ({ recipient }, _error, isFinal) => failures.push([recipient, isFinal]),
  });
  const due = () => http.store.outgoingMails.due(http.clock.now(), HOUR_MS, 100);
  const shown = async (id: string) =>
    (await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces/${id}` })).json();
  return { http, mailer, sent, failures, state, due, shown };
}

test("the creator is told once when a workspace runs for the first time", async (t) => {
  const { http, mailer, sent, due, shown } = await world(t);
  const { sales } = await runningWorkspaces(http, ["sales"]);
  assert.equal((await shown(sales)).workspace_status, "RUNNING");
  await mailer.run();
  const [mail] = sent;
  assert.deepEqual([mail?.to, mail?.id], ["admin@firesteel.local", `workspace-${sales}-running`]);
  assert.match(mail?.text ?? "", /^https:\/\/sales\.example\.com$/m);

  const path = `/api/2.0/accounts/${http.account}/workspaces/${sales}`;
  await http.send({ method: "PATCH", path, body: { custom_tags: { team: "a" } } });
  await http.provision();
  assert.equal((await shown(sales)).workspace_status, "RUNNING");
  await mailer.run();
  assert.equal(sent.length, 1);
  assert.deepEqual(await due(), []);
});

test("a creator without an address is told nothing", async (t) => {
  const { http, mailer, sent } = await world(t);
  const client = `${http.administrator.clientId}:${http.administrator.clientSecret}`;
  const granted = await http.send({
    method: "POST",
    path: `/oidc/accounts/${http.account}/v1/token`,
    headers: {
      authorization: `Basic ${Buffer.from(client).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials&scope=all-apis",
    token: null,
  });
  const token = granted.json().access_token;
  assert.ok(token, granted.body);
  await runningWorkspaces({ ...http, send: (request) => http.send({ ...request, token }) }, ["sales"]);
  await mailer.run();
  assert.deepEqual(sent, []);
});

test("what a server sent that died before it could say so is sent again, as the same mail", async (t) => {
  const { http, mailer, sent, due } = await world(t);
  await runningWorkspaces(http, ["sales"]);
  const dying = new Mailer({
    store: failing(http.store, () => true, "killed"),
    clock: http.clock,
    transport: { deliver: async (mail) => void sent.push(mail) },
    workspaceUrl: () => "https://sales.example.com",
    onFailure: () => undefined,
  });
  await assert.rejects(dying.run(), /killed/);
  // Another server that runs leaves it alone for a while: it cannot know that its sender is dead.
  assert.deepEqual(await due(), []);
  // Whoever starts tries all at once.
  await mailer.start();
  assert.equal((await due()).length, 1);
  await mailer.run();
  assert.deepEqual(await due(), []);
  const [first, second] = sent;
  assert.equal(sent.length, 2);
  assert.deepEqual(second, first);
});

test("of two servers on one database one sends a mail, and the other where it cannot", async (t) => {
  const { http, mailer, sent, state, due } = await world(t);
  await runningWorkspaces(http, ["sales"]);
  const other = new Mailer({
    store: http.store,
    clock: http.clock,
    transport: { deliver: async (mail) => void sent.push(mail) },
    workspaceUrl: () => "https://sales.example.com",
    onFailure: () => undefined,
  });
  // The other runs while the first is sending, and had looked before: both know of the mail.
  state.answer = () => other.run();
  await Promise.all([mailer.run(), other.run()]);
  assert.equal(sent.length, 1);
  assert.deepEqual(await due(), []);

  await runningWorkspaces(http, ["next"]);
  state.answer = async () => {
    await other.run();
    assert.equal(sent.length, 1);
    throw new Error("no route");
  };
  await mailer.run();
  http.clock.advance(10_000);
  await other.run();
  assert.equal(sent.length, 2);
  assert.deepEqual(await due(), []);
});

test("a mail whose sending cannot be stored is not sent again by the same server", async (t) => {
  const { http, sent, due } = await world(t);
  await runningWorkspaces(http, ["sales"]);
  let isFull = true;
  const mailer = new Mailer({
    store: failing(http.store, () => isFull, "disk full"),
    clock: http.clock,
    transport: { deliver: async (mail) => void sent.push(mail) },
    workspaceUrl: () => "https://sales.example.com",
    onFailure: () => undefined,
  });
  for (let round = 0; round < 3; round += 1) {
    await assert.rejects(mailer.run(), /disk full/);
    http.clock.advance(HOUR_MS);
  }
  isFull = false;
  await mailer.run();
  assert.equal(sent.length, 1);
  assert.deepEqual(await due(), []);
});

test("a failure is tried again later and later, and told until it is over", async (t) => {
  const { http, mailer, sent, state, failures, shown } = await world(t);
  const { sales } = await runningWorkspaces(http, ["sales"]);
  const unverified: string[] = (await shown(sales)).warnings;
  let tries = 0;
  state.answer = async () => {
    tries += 1;
    throw new Error("connect\r\nECONNREFUSED");
  };
  const gaps: number[] = [];
  let waitedMs = 0;
  for (const until = tries + 12; tries < until; ) {
    const before = tries;
    await mailer.run();
    if (tries > before) {
      gaps.push(waitedMs);
      waitedMs = 0;
    }
    http.clock.advance(10_000);
    waitedMs += 10_000;
  }
  assert.deepEqual(
    gaps.map((ms) => ms / 1000),
    [0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600],
  );
  const warning = "E-mail not sent yet to admin@firesteel.local: connect ECONNREFUSED";
  assert.deepEqual((await shown(sales)).warnings, [...unverified, warning]);
  const list = await http.send({ path: `/api/2.0/accounts/${http.account}/workspaces` });
  assert.deepEqual(list.json()[0].warnings, [...unverified, warning]);
  assert.deepEqual(failures.at(-1), ["admin@firesteel.local", false]);

  state.answer = async () => undefined;
  http.clock.advance(HOUR_MS);
  await mailer.run();
  assert.equal(sent.length, 1);
  assert.deepEqual((await shown(sales)).warnings, unverified);
});

test("after four days a mail is given up", async (t) => {
  const { http, mailer, sent, state, failures, due } = await world(t);
  await runningWorkspaces(http, ["sales"]);
  state.answer = async () => {
    throw new MailRefusedError("550 No such user.");
  };
  await mailer.run();
  http.clock.advance(4 * DAY_MS);
  await mailer.run();
  assert.deepEqual(
    failures.map(([, isFinal]) => isFinal),
    [false, true],
  );
  assert.deepEqual([sent, await due()], [[], []]);
});

test("a server that does not answer is asked with a few mails, one that refuses with all", async (t) => {
  const { http, mailer, state, failures } = await world(t);
  const names = Array.from({ length: 20 }, (_each, number) => `w${number}`) as [string, ...string[]]; // there are twenty
  await runningWorkspaces(http, names);
  state.answer = async () => {
    throw new Error("no answer");
  };
  await mailer.run();
  assert.ok(failures.length <= 4, `${failures.length} were tried`);
  state.answer = async () => {
    throw new MailRefusedError("refused");
  };
  http.clock.advance(HOUR_MS);
  failures.length = 0;
  await mailer.run();
  assert.equal(failures.length, 20);
});

test("a clock that is put back does not hold mail up, and mail goes with its workspace", async (t) => {
  const { http, mailer, sent, due } = await world(t);
  const { sales } = await runningWorkspaces(http, ["sales", "other"]);
  http.clock.advance(-365 * DAY_MS);
  assert.equal((await due()).length, 2);
  await http.send({ method: "DELETE", path: `/api/2.0/accounts/${http.account}/workspaces/${sales}` });
  await http.provision();
  await mailer.run();
  assert.deepEqual(
    sent.map(({ subject }) => subject),
    ["Workspace other is running"],
  );
  assert.deepEqual(await http.store.outgoingMails.failed(accountId(http.account)), []);
});
