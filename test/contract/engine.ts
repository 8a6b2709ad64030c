import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LogRotation } from "../../src/core/application/spec.ts";
import { type ApplicationId, applicationId } from "../../src/core/ids.ts";
import type {
  Engine,
  LaunchRequest,
  LogChunk,
  LogContainer,
  LogStream,
  Observation,
} from "../../src/core/ports/engine.ts";
import { waitFor } from "../support/wait-for.ts";

/** What a driver is to do: print, and then end in this way, or never where it says so. */
export interface DriverScript {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly end: { readonly code: number } | { readonly signal: "SIGKILL" | "SIGTERM" } | "never";
  readonly ignoresTermination?: boolean;
  /** How its outputs are cut into files. */
  readonly rotation?: LogRotation;
}

export interface EngineHarness {
  readonly engine: Engine;
  /** A request whose driver does what the script says. */
  request(tag: ApplicationId, script: DriverScript): LaunchRequest;
  /** How many drivers of this tag were started. */
  starts(tag: ApplicationId): Promise<number>;
  /** Another engine on the same records, as after a restart of the server. */
  reopen?(): Promise<Engine>;
  dispose(): Promise<void>;
}

export interface EngineContractOptions {
  /** Test names that do not apply to this engine, with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;
const LONG_GRACE_MS = 600_000;

/** The behaviour that every engine shares. */
export function engineContract(
  name: string,
  open: () => Promise<EngineHarness>,
  options: EngineContractOptions = {},
): void {
  describe(`${name}: engine contract`, () => {
    let harness: EngineHarness;
    let count = 0;
    before(async () => {
      harness = await open();
    });
    after(() => harness.dispose());

    /** Each test has a tag of its own, so that they share one engine. */
    const contractTest = (
      title: string,
      run: (tag: ApplicationId, harness: EngineHarness) => Promise<void>,
    ) => {
      count += 1;
      const tag = applicationId(`run-${count}`);
      test(title, { skip: options.skip?.[title] ?? false }, () => run(tag, harness));
    };

    contractTest("a tag that was never launched is not found", async (tag, { engine }) => {
      assert.deepEqual(await engine.observe(tag), { kind: "not-found" });
      await engine.kill(tag, 0);
      assert.deepEqual(await engine.observe(tag), { kind: "not-found" });
      assert.equal(await readLog(engine, tag, "driver", "stdout"), "");
      assert.ok(!(await collect(engine.list())).includes(tag));
    });

    contractTest("a launched driver runs and is listed", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: "never" }));
      await observed(engine, tag, "running");
      assert.ok((await collect(engine.list())).includes(tag));
      await engine.kill(tag, 0);
      await ended(engine, tag);
    });

    for (const code of [0, 1, 3, 143]) {
      contractTest(`exit code ${code} is kept`, async (tag, { engine, request }) => {
        await engine.launch(request(tag, { end: { code } }));
        const exit = await ended(engine, tag);
        assert.deepEqual([exit.code, exit.signal, exit.cause], [code, null, "exited"]);
        assert.ok(exit.atMs > 0);
        assert.deepEqual(await engine.observe(tag), exit);
        assert.ok((await collect(engine.list())).includes(tag));
      });
    }

    contractTest("a driver that a signal ended was killed", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: { signal: "SIGKILL" } }));
      const exit = await ended(engine, tag);
      assert.deepEqual([exit.code, exit.signal, exit.cause], [null, "SIGKILL", "killed"]);
    });

    contractTest("kill asks first", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: "never" }));
      await observed(engine, tag, "running");
      const before = Date.now();
      await engine.kill(tag, LONG_GRACE_MS);
      assert.equal((await ended(engine, tag)).cause, "killed");
      assert.ok(Date.now() - before < LONG_GRACE_MS, "the grace period was not waited for");
    });

    contractTest("kill forces what does not end in time", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { stdout: "deaf\n", end: "never", ignoresTermination: true }));
      await waitFor(
        `${tag} to be deaf`,
        TIMEOUT_MS,
        async () => (await readLog(engine, tag, "driver", "stdout")) !== "",
      );
      await engine.kill(tag, 200);
      const exit = await ended(engine, tag);
      assert.deepEqual([exit.signal, exit.cause], ["SIGKILL", "killed"]);
    });

    contractTest("a later kill may shorten the grace period", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { stdout: "deaf\n", end: "never", ignoresTermination: true }));
      await waitFor(
        `${tag} to be deaf`,
        TIMEOUT_MS,
        async () => (await readLog(engine, tag, "driver", "stdout")) !== "",
      );
      await engine.kill(tag, LONG_GRACE_MS);
      await engine.kill(tag, 0);
      assert.equal((await ended(engine, tag)).signal, "SIGKILL");
    });

    contractTest("kill changes nothing about what has ended", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: { code: 5 } }));
      const exit = await ended(engine, tag);
      await engine.kill(tag, 0);
      assert.deepEqual(await engine.observe(tag), exit);
    });

    contractTest("a repeated launch starts nothing", async (tag, { engine, request, starts }) => {
      const launch = request(tag, { end: "never" });
      await engine.launch(launch);
      await engine.launch(launch);
      await observed(engine, tag, "running");
      // It runs before it has done anything.
      await waitFor(`${tag} to start`, TIMEOUT_MS, async () => (await starts(tag).catch(() => 0)) > 0);
      await engine.kill(tag, 0);
      const exit = await ended(engine, tag);
      await engine.launch(launch);
      assert.deepEqual(await engine.observe(tag), exit);
      assert.equal(await starts(tag), 1);
    });

    contractTest("launches at the same time start one driver", async (tag, { engine, request, starts }) => {
      const launch = request(tag, { end: { code: 0 } });
      await Promise.all([engine.launch(launch), engine.launch(launch), engine.launch(launch)]);
      await ended(engine, tag);
      assert.equal(await starts(tag), 1);
    });

    contractTest("logs are read from any byte on", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { stdout: "größe\n", stderr: "one\ntwo\n", end: { code: 0 } }));
      await ended(engine, tag);
      assert.equal(await readLog(engine, tag, "driver", "stdout"), "größe\n");
      assert.equal(await readLog(engine, tag, "driver", "stderr"), "one\ntwo\n");
      assert.equal(await readLog(engine, tag, "driver", "stderr", 4), "two\n");
      assert.equal(await readLog(engine, tag, "driver", "stderr", 8), "");
      assert.equal(await readLog(engine, tag, "driver", "stderr", 99), "");
      assert.notEqual(await readLog(engine, tag, "submitter", "stdout"), "");
      const chunks = await collect(engine.logs(tag, "driver", "stderr", 4));
      assert.equal(chunks[0]?.offset, 4);
    });

    contractTest("driver and submitter have logs", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: { code: 0 } }));
      await ended(engine, tag);
      assert.deepEqual(await engine.containers(tag), ["driver", "submitter"]);
      assert.deepEqual(await engine.containers(applicationId("never-launched")), ["driver", "submitter"]);
    });

    contractTest("a rotated log is one stream in files of a size", async (tag, { engine, request }) => {
      const stdout = lines(40);
      await engine.launch(request(tag, { stdout, end: { code: 0 }, rotation: { fileBytes: 100, files: 3 } }));
      await ended(engine, tag);
      assert.equal(await readLog(engine, tag, "driver", "stdout"), stdout);
      assert.equal(await readLog(engine, tag, "driver", "stdout", 123), stdout.slice(123));
      const files = filesOf(await collect(engine.logs(tag, "driver", "stdout", 0)));
      assert.ok(files.length > 3, `${files.length} files`);
      for (const [index, file] of files.entries()) {
        assert.equal(file.index, index);
        assert.ok(file.text.length > 0 && file.text.length <= 100, JSON.stringify(file));
        assert.equal(file.text, stdout.slice(file.startOffset, file.startOffset + file.text.length));
      }
      // What is not rotated is one file.
      const submitter = filesOf(await collect(engine.logs(tag, "submitter", "stdout", 0)));
      assert.deepEqual(
        submitter.map(({ index }) => index),
        [0],
      );
    });

    contractTest(
      "what was delivered of a rotated log goes, except the files that are kept",
      async (tag, { engine, request }) => {
        const stdout = lines(40);
        await engine.launch(
          request(tag, { stdout, end: { code: 0 }, rotation: { fileBytes: 100, files: 3 } }),
        );
        await ended(engine, tag);
        const all = filesOf(await collect(engine.logs(tag, "driver", "stdout", 0)));
        await engine.releaseLogs(tag, "driver", "stdout", 0);
        assert.equal(await readLog(engine, tag, "driver", "stdout"), stdout);
        const second = all[1]?.startOffset ?? 0;
        await engine.releaseLogs(tag, "driver", "stdout", second + 1);
        assert.equal(await readLog(engine, tag, "driver", "stdout"), stdout.slice(second));
        await engine.releaseLogs(tag, "driver", "stdout", stdout.length);
        const kept = filesOf(await collect(engine.logs(tag, "driver", "stdout", 0)));
        assert.deepEqual(kept, all.slice(-3));
        assert.equal(await readLog(engine, tag, "driver", "stdout", stdout.length), "");
        await engine.releaseLogs(applicationId("never-launched"), "driver", "stdout", 1);
      },
    );

    contractTest("changes tells of a start and of an end", async (tag, { engine, request }) => {
      const stop = new AbortController();
      const seen: Observation["kind"][] = [];
      const watching = (async () => {
        for await (const changed of engine.changes(stop.signal)) {
          if (changed === tag) seen.push((await engine.observe(tag)).kind);
        }
      })();
      await engine.launch(request(tag, { end: "never" }));
      await waitFor(`a hint that ${tag} runs`, TIMEOUT_MS, async () => seen.includes("running"));
      await engine.kill(tag, 0);
      await waitFor(`a hint that ${tag} has ended`, TIMEOUT_MS, async () => seen.includes("exited"));
      stop.abort();
      await watching;
    });

    contractTest("what has ended has no processes", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { end: { code: 0 } }));
      await ended(engine, tag);
      await waitFor(`the processes of ${tag} to be gone`, TIMEOUT_MS, async () =>
        (await engine.processes()).every((process) => process.tag !== tag),
      );
    });

    contractTest("what has ended can be removed, and is not found then", async (tag, { engine, request }) => {
      await engine.launch(request(tag, { stdout: "hello\n", end: "never" }));
      await observed(engine, tag, "running");
      await assert.rejects(engine.remove(tag), /has not ended/);
      assert.equal((await engine.observe(tag)).kind, "running");
      await engine.kill(tag, 0);
      await ended(engine, tag);
      await engine.remove(tag);
      assert.deepEqual(await engine.observe(tag), { kind: "not-found" });
      assert.ok(!(await collect(engine.list())).includes(tag));
      assert.equal(await readLog(engine, tag, "driver", "stdout"), "");
      await engine.remove(tag);
    });

    contractTest(
      "a later engine knows what an earlier one started",
      async (tag, { engine, request, reopen, starts }) => {
        assert.ok(reopen, "skip this test where records do not outlive the engine");
        const launch = request(tag, { stdout: "hello\n", end: "never" });
        await engine.launch(launch);
        await observed(engine, tag, "running");
        const later = await reopen();
        const stop = new AbortController();
        const hints: ApplicationId[] = [];
        const watching = (async () => {
          for await (const changed of later.changes(stop.signal)) hints.push(changed);
        })();
        assert.equal((await later.observe(tag)).kind, "running");
        await later.launch(launch);
        await waitFor(`${tag} to be adopted`, TIMEOUT_MS, async () => hints.includes(tag));
        // It counts as running before it has printed.
        const stdout = () => readLog(later, tag, "driver", "stdout");
        await waitFor(`${tag} to print`, TIMEOUT_MS, async () => (await stdout()) === "hello\n");
        hints.length = 0;
        await later.kill(tag, 0);
        await waitFor(`a hint that the adopted ${tag} has ended`, TIMEOUT_MS, async () =>
          hints.includes(tag),
        );
        assert.equal((await ended(later, tag)).cause, "killed");
        assert.equal(await stdout(), "hello\n");
        assert.equal(await starts(tag), 1);
        stop.abort();
        await watching;
      },
    );
  });
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `line ${index}\n`).join("");
}

/** What each file of a rotated log holds. */
function filesOf(chunks: readonly LogChunk[]) {
  const files = new Map<number, { index: number; startOffset: number; text: string }>();
  for (const { file, bytes } of chunks) {
    const before = files.get(file.index)?.text ?? "";
    const text = before + Buffer.from(bytes).toString();
    files.set(file.index, { index: file.index, startOffset: file.startOffset, text });
  }
  return [...files.values()];
}

type Exited = Extract<Observation, { kind: "exited" }>;

/** Waits for the end. */
export async function ended(engine: Engine, tag: ApplicationId, timeoutMs = TIMEOUT_MS): Promise<Exited> {
  return waitFor(`${tag} to end`, timeoutMs, async () => {
    const observation = await engine.observe(tag);
    assert.notEqual(observation.kind, "not-found");
    return observation.kind === "exited" ? observation : null;
  });
}

async function observed(engine: Engine, tag: ApplicationId, kind: Observation["kind"]): Promise<void> {
  await waitFor(`${tag} to be ${kind}`, TIMEOUT_MS, async () => (await engine.observe(tag)).kind === kind);
}

/** The whole of a stream from a byte on, as text. */
export async function readLog(
  engine: Engine,
  tag: ApplicationId,
  container: LogContainer,
  stream: LogStream,
  offset = 0,
): Promise<string> {
  const chunks = await collect(engine.logs(tag, container, stream, offset));
  return Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString("utf8");
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
