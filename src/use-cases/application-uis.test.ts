import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { controlPlane } from "../../test/support/control-plane.ts";
import { FakePages } from "../../test/support/fake-pages.ts";
import { SAMPLE_SCOPE } from "../../test/support/samples.ts";
import { type ApplicationId, accountId, applicationIdOf, region } from "../core/ids.ts";
import { applicationUiUseCases } from "./application-uis.ts";
import { HistoryServers } from "./history-servers.ts";
import { UiSessions } from "./ui-sessions.ts";

const IDLE_MS = 600_000;
const HOUR_MS = 3_600_000;
const OTHER = { account: accountId("222222222222"), region: region("us-east-1") };

async function open(context: TestContext) {
  const plane = await controlPlane(context);
  const pages = new FakePages();
  const started = () => {
    const historyServers = new HistoryServers({
      dependencies: plane.dependencies,
      engine: plane.engine,
      pages,
      sparkVersions: async () => ["3.4.4", "3.5.9"],
      steady: plane.clock,
      settings: { memoryBytes: 2 ** 29, idleMs: IDLE_MS },
    });
    const sessions = new UiSessions(
      { urlMs: HOUR_MS, sessionMs: HOUR_MS, mostPerAccount: 10 },
      plane.clock,
      () => crypto.randomUUID(),
    );
    const { store, clock } = plane;
    return {
      historyServers,
      uis: applicationUiUseCases({ store, pages, historyServers, sessions, steady: clock }),
    };
  };
  const live = async () => {
    const tags: ApplicationId[] = [];
    for await (const { id, owner } of plane.store.applications.inStates("node-1", [
      "accepted",
      "launching",
      "running",
    ]))
      if (owner.kind === "history-server") tags.push(id);
    return tags;
  };
  const arn = (cluster: string) =>
    `arn:aws:emr-containers:${SAMPLE_SCOPE.region}:${SAMPLE_SCOPE.account}:/virtualclusters/${cluster}`;
  /** A run that has ended. */
  const endedRun = async () => {
    const { cluster, run } = await plane.startRun();
    plane.engine.script(applicationIdOf(run, 1), { end: { code: 0 } });
    await plane.settle();
    return { cluster, run, ui: `p-${run}` };
  };
  return { ...plane, ...started(), restart: started, pages, live, arn, endedRun };
}

test("a run that lives is shown by its driver, and one that waits says what for", async (t) => {
  const { uis, context, startRun, settle, pages, arn } = await open(t);
  const { cluster, run } = await startRun();
  const { id } = await uis.createUi(context, arn(cluster), run);
  assert.equal(id, `p-${run}`);
  assert.equal((await uis.createUi(context, `${arn(cluster)}/jobruns/${run}`, null)).id, id);
  assert.equal(await uis.openUi(context, id), null);
  assert.match((await uis.describeUi(context, id)).waitingFor ?? "", /has not started yet/);
  await settle();
  pages.hasPages = false;
  assert.equal((await uis.describeUi(context, id)).waitingFor, "Spark is starting.");
  pages.hasPages = true;
  const opened = uis.redeem((await uis.openUi(context, id)) ?? "");
  assert.equal(opened?.session.run, run);
  const place = await uis.placeOf(opened.session);
  assert.deepEqual(place.kind === "live" ? place.address.headers : place, { secret: run });
});

test("another account, region, cluster or run is none", async (t) => {
  const { uis, context, startRun, arn } = await open(t);
  const { cluster, run } = await startRun();
  const { cluster: otherCluster } = await startRun();
  const foreign = { ...context, scope: OTHER };
  for (const ask of [
    () => uis.createUi(context, arn(otherCluster), run),
    () => uis.createUi(context, arn(cluster), "nope"),
    () => uis.createUi(context, arn(cluster), null),
    () => uis.createUi(context, "arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/j-1", null),
    () => uis.createUi(foreign, arn(cluster), run),
    () => uis.createUi(foreign, arn(cluster).replace(SAMPLE_SCOPE.account, OTHER.account), run),
    () => uis.openUi(foreign, `p-${run}`),
    () => uis.describeUi(foreign, `p-${run}`),
    () => uis.openUi({ ...context, scope: { ...SAMPLE_SCOPE, region: region("eu-west-1") } }, `p-${run}`),
    () => uis.openUi(context, run),
  ])
    await assert.rejects(ask, { kind: "invalid" });
});

test("a run without pages says why", async (t) => {
  const { uis, context, startRun, settle, pages, endedRun, arn, live } = await open(t);
  const disabled = await startRun({
    configurationOverrides: { monitoringConfiguration: { persistentAppUI: "DISABLED" } },
  });
  await assert.rejects(
    uis.createUi(context, arn(disabled.cluster), disabled.run),
    /persistentAppUI DISABLED/,
  );
  const { run, ui } = await endedRun();
  pages.recordedIds.set(applicationIdOf(run, 1), null);
  await assert.rejects(uis.openUi(context, ui), /removed with its directory \(setting retention/);
  pages.recordedIds.set(applicationIdOf(run, 1), []);
  await assert.rejects(uis.openUi(context, ui), /wrote no Spark event log/);
  const { run: off } = await startRun();
  await settle();
  pages.locations.set(applicationIdOf(off, 1), { kind: "none", reason: "They are off." });
  await assert.rejects(uis.openUi(context, `p-${off}`), /cannot be looked at while it runs: They are off/);
  assert.deepEqual(await live(), []);
});

test("an ended run is shown by its account's one history server, of the newest Spark", async (t) => {
  const { uis, context, settle, pages, endedRun, live, store, engine } = await open(t);
  const { run, ui } = await endedRun();
  const second = await endedRun();
  const answers = await Promise.all([ui, second.ui, ui].map((id) => uis.openUi(context, id)));
  assert.deepEqual(answers, [null, null, null]);
  const [server, ...others] = await live();
  assert.ok(server !== undefined && others.length === 0, "there is one history server");
  assert.match((await uis.describeUi(context, ui)).waitingFor ?? "", /history server is starting/);
  // It stands in no line, and holds nothing that runs wait for.
  assert.deepEqual(await store.applications.heldBy("node-1"), { cores: 0, memoryBytes: 0 });
  await settle();
  assert.equal(engine.started.at(-1)?.spec.runtime.sparkVersion, "3.5");
  pages.hasPages = false;
  assert.match((await uis.describeUi(context, ui)).waitingFor ?? "", /is reading the run's event log/);
  pages.hasPages = true;
  const opened = uis.redeem((await uis.openUi(context, ui)) ?? "");
  assert.ok(opened);
  assert.deepEqual(await uis.placeOf(opened.session), {
    kind: "history",
    address: { host: "127.0.0.1", port: 4040, headers: { secret: server } },
    sparkApplicationIds: ["local-1"],
  });
  assert.deepEqual(pages.presented.at(-1), [server, applicationIdOf(run, 1)]);
});

test("a server that was started again finds the history server, and ends it when nobody asks", async (t) => {
  const { uis, context, settle, endedRun, live, restart, clock, engine, store } = await open(t);
  const { ui } = await endedRun();
  await uis.openUi(context, ui);
  await settle();
  const [server] = await live();
  assert.ok(server);
  const { uis: again, historyServers } = restart();
  const opened = again.redeem((await again.openUi(context, ui)) ?? "");
  assert.ok(opened);
  assert.deepEqual(await live(), [server]);

  clock.advance(IDLE_MS - 1);
  await again.placeOf(opened.session);
  await historyServers.run();
  clock.advance(IDLE_MS - 1);
  await historyServers.run();
  await settle();
  assert.deepEqual(await live(), [server]);
  clock.advance(1);
  await historyServers.run();
  // One that is asked for while it ends is made anew only once it has ended.
  assert.equal(await again.openUi(context, ui), null);
  await settle();
  assert.deepEqual(await live(), []);
  assert.equal(await again.openUi(context, ui), null);
  const [next] = await live();
  assert.ok(next !== undefined && next !== server);
  assert.equal(await store.applications.get(server), null);
  assert.equal((await engine.observe(server)).kind, "not-found");
});

test("what ended while no server ran is cleared away", async (t) => {
  const { uis, context, settle, endedRun, live, restart, engine, store } = await open(t);
  const { ui } = await endedRun();
  await uis.openUi(context, ui);
  await settle();
  const [server] = await live();
  assert.ok(server);
  engine.finish(server, { signal: "SIGKILL" });
  await settle();
  await restart().historyServers.run();
  assert.equal(await store.applications.get(server), null);
  assert.equal((await engine.observe(server)).kind, "not-found");
});

test("a history server that fails says so once, and is made anew for the next who asks", async (t) => {
  const { uis, context, settle, endedRun, live, engine } = await open(t);
  const { ui } = await endedRun();
  await uis.openUi(context, ui);
  await settle();
  const [server] = await live();
  assert.ok(server);
  engine.finish(server, { code: 1, summary: "OutOfMemoryError" });
  await settle();
  await assert.rejects(uis.openUi(context, ui), {
    kind: "unavailable",
    message: /OutOfMemoryError Try again/,
  });
  assert.equal(await uis.openUi(context, ui), null);
  assert.equal((await live()).length, 1);
});

test("a history server that is too old for a run makes way for another", async (t) => {
  const { uis, context, settle, endedRun, live, historyServers } = await open(t);
  await uis.openUi(context, (await endedRun()).ui);
  await settle();
  assert.equal(await historyServers.of(SAMPLE_SCOPE, "4.0"), null);
  await settle();
  assert.deepEqual(await live(), []);
  const next = await historyServers.of(SAMPLE_SCOPE, "4.0");
  assert.equal(next?.spec.runtime.sparkVersion, "4.0");
});

test("each account has its own", async (t) => {
  const { historyServers, live } = await open(t);
  const [mine, theirs] = await Promise.all([
    historyServers.of(SAMPLE_SCOPE, "3.5"),
    historyServers.of(OTHER, "3.5"),
  ]);
  assert.notEqual(mine?.id, theirs?.id);
  assert.deepEqual([mine?.account, theirs?.account], [SAMPLE_SCOPE.account, OTHER.account]);
  assert.equal((await live()).length, 2);
});
