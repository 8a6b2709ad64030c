import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { before, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { type Chromium, chromium } from "../../support/chromium.ts";
import { newPage, testBrowser } from "../../support/chromium-page.ts";
import { runningWorkspace } from "../../support/real-workspace.ts";
import { testPython } from "../../support/runtime.ts";
import { startServerProcess } from "../../support/server.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { waitFor } from "../../support/wait-for.ts";

const execute = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, "sdk-python");
const LOG_IN = join(import.meta.dirname, "../../support/log-in-by-chromium.ts");
const TIMEOUT_MS = 600_000;
const SDK_TIMEOUT_MS = 240_000;
const CLIENTS = ["databricks-sdk==0.156.0"];
/** The SDK for Python listens at no other (databricks-sdk-py credentials_provider.py, `external_browser`). */
const SDK_PORT = 8020;

describe("people with a browser", { timeout: TIMEOUT_MS, concurrency: 1 }, () => {
  let found: Chromium | string;

  before(async () => {
    found = await chromium();
    await testPython(CLIENTS);
  });

  /** Null where there is no Chromium: then the test is skipped, and says why. */
  async function world(t: TestContext) {
    if (typeof found === "string") {
      t.skip(found);
      return null;
    }
    const directory = await temporaryDirectory(t);
    const server = await startServerProcess(join(directory, "data"));
    t.after(() => server.endWithApplications());
    return { directory, server, chromium: found, workspace: await runningWorkspace(server) };
  }

  it("log in for databricks-sdk's external-browser, in Chromium", async (t) => {
    const there = await world(t);
    if (there === null) return;
    const { directory, server, workspace } = there;
    const python = await testPython(CLIENTS);
    await free(SDK_PORT);
    const seen = join(directory, "seen.txt");
    const { stdout } = await execute(python, [join(SCRIPTS, "external_browser.py")], {
      cwd: directory,
      // The SDK waits for its browser for ever.
      timeout: SDK_TIMEOUT_MS,
      env: {
        ...server.clientEnvironment,
        HOME: directory,
        PATH: [dirname(python), "/usr/bin", "/bin"].join(delimiter),
        WORKSPACE_URL: workspace,
        // In the background: the SDK listens once this has returned.
        BROWSER: `sh -c '"${process.execPath}" "${LOG_IN}" "$0" >>"${seen}" 2>&1' %s &`,
        CHROMIUM: JSON.stringify(there.chromium),
        CHROMIUM_PROFILE: join(directory, "profile"),
        LOG_IN_USER: server.clientEnvironment.DATABRICKS_USERNAME,
        LOG_IN_PASSWORD: server.clientEnvironment.DATABRICKS_PASSWORD,
      },
    }).catch(async (error: { stdout?: string; stderr?: string }) => {
      const shown = await readFile(seen, "utf8").catch(() => "nothing");
      throw new Error(
        `failed:\n${error.stdout}\n${error.stderr}\nthe browser:\n${shown}\n${server.output()}`,
      );
    });
    assert.equal(stdout, "True external-browser\n1\nTrue\n");
    assert.equal(
      await waitFor("the browsers to end", 120_000, async () => {
        const text = await readFile(seen, "utf8");
        return text.split("\n").length === 3 ? text : null;
      }),
      "logged in: http://localhost:8020: done\nstill logged in: http://localhost:8020: done\n",
    );
  });

  it("make a token on a workspace's page, use it and revoke it", async (t) => {
    const there = await world(t);
    if (there === null) return;
    const { directory, server, workspace } = there;
    const { DATABRICKS_USERNAME: userName = "", DATABRICKS_PASSWORD: password = "" } =
      server.clientEnvironment;
    const browser = await testBrowser(t, there.chromium, join(directory, "profile"));
    const page = await newPage(browser);
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    const press = (button: string) => Promise.all([page.waitForNavigation(), page.click(button)]);
    await page.goto(workspace);
    await page.type("input[name=user_name]", userName);
    await page.type("input[name=password]", password);
    await press("button");
    const home = await page.content();
    for (const shown of [userName, "RUNNING", workspace]) assert.ok(home.includes(shown), shown);
    await page.type("input[name=comment]", "from a browser");
    await press('form[action="/tokens"] button');
    const [token = ""] = /dapi[0-9a-f]{32}/.exec(await page.content()) ?? [];
    assert.equal(await statusOf(workspace, token), 200);
    await page.goto(workspace);
    assert.match(await page.content(), /from a browser/);
    await press('form[action="/tokens/revoke"] button');
    assert.equal(await statusOf(workspace, token), 401);
    // What a page of somebody's program could do, were it of this origin: a script gets nothing.
    const script = 'fetch("/").then((answer) => answer.status)';
    await page.goto(`${workspace}/healthz`);
    assert.equal(await page.evaluate(script), 403);
    await page.goto(workspace);
    await press('form[action="/logout"] button');
    assert.match(await page.content(), /type="password"/);
    assert.deepEqual(
      problems.filter((text) => /Content Security Policy/.test(text)),
      [],
    );
  });
});

async function statusOf(workspace: string, token: string): Promise<number> {
  const answer = await fetch(`${workspace}/api/2.0/preview/scim/v2/Me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Waits for whoever has the port: another run of this test, or somebody's own log-in. */
async function free(port: number): Promise<void> {
  await waitFor(`port ${port}, which the SDK must have, to be free`, 60_000, () => {
    const { promise, resolve } = Promise.withResolvers<true | null>();
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    return promise;
  });
}
