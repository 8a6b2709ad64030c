import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ServerProcess, startServerProcess } from "../../../support/server.ts";
import { temporaryDirectory } from "../../../support/temporary.ts";
import {
  differences,
  fill,
  mend,
  type Placeholders,
  printedSections,
  runCommand,
} from "./printed-commands.ts";

/** A text's commands, and a server that they are run against. */
export interface PrintedWorld {
  readonly server: ServerProcess;
  readonly placeholders: Placeholders;
  /** Runs the command of this name; answers what it prints. */
  run(name: string): Promise<Answer>;
  /** The same, and holds the answer against the one in print, beside which it has the members `more`. */
  answers(name: string, more?: readonly string[]): Promise<Answer>;
  /** Calls the account API where the text has no command. */
  make(collection: string, body: object): Promise<Answer>;
  /** What was mended so far, a command once. */
  mends(): { backslashes: number; quotes: number };
}

export type Answer = Readonly<Record<string, unknown>>;

export interface PrintedText {
  /** Beside this module. */
  readonly file: string;
  /** What exists in the cloud: a file as the setting `cloud.local.file` names it. */
  readonly cloud: object;
  /** The other host, and such placeholders as are not in angle brackets. */
  readonly replacements: (server: ServerProcess) => readonly (readonly [string, string])[];
}

export async function printedWorld(t: TestContext, source: PrintedText): Promise<PrintedWorld> {
  const directory = await temporaryDirectory(t);
  const cloudFile = join(directory, "cloud.json");
  await writeFile(cloudFile, JSON.stringify(source.cloud));
  const server = await startServerProcess(join(directory, "data"), { FIRESTEEL_CLOUD_LOCAL_FILE: cloudFile });
  t.after(() => server.endWithApplications());
  const sections = await printedSections(new URL(source.file, import.meta.url));
  const { DATABRICKS_ACCOUNT_ID = "", DATABRICKS_PASSWORD } = server.clientEnvironment;
  const token = await oauthToken(server);
  const environment = { PATH: await pathWithJq(directory), HOME: directory, OAUTH_TOKEN: token };
  const placeholders: Placeholders = new Map();
  const mended = new Map<string, ReturnType<typeof mend>>();

  const run = async (name: string) => {
    const command = mend(sections.get(name) ?? assert.fail(`no command '${name}'`));
    mended.set(name, command);
    const here = source
      .replacements(server)
      .reduce((whole, [from, to]) => whole.replaceAll(from, to), command.text);
    return runCommand(fill(here, placeholders), environment, `${DATABRICKS_PASSWORD}\n`);
  };
  return {
    server,
    placeholders,
    run,
    async answers(name, more = []) {
      const answer = await run(name);
      const printed = JSON.parse(sections.get(`${name}: answer`) ?? assert.fail(`no answer of '${name}'`));
      const beside: string[] = [];
      assert.deepEqual(differences(printed, answer, placeholders, beside), [], name);
      assert.deepEqual(beside.sort(), [...more].sort(), `${name}: beside what is printed`);
      return answer;
    },
    async make(collection, body) {
      const answer = await fetch(`${server.url}/api/2.0/accounts/${DATABRICKS_ACCOUNT_ID}/${collection}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      assert.equal(answer.ok, true, await answer.clone().text());
      return Object(await answer.json());
    },
    mends() {
      const all = [...mended.values()];
      return {
        backslashes: all.reduce((sum, { backslashes }) => sum + backslashes, 0),
        quotes: all.reduce((sum, { quotes }) => sum + quotes, 0),
      };
    },
  };
}

/** What `$OAUTH_TOKEN` holds: a token of the first service principal. */
async function oauthToken(server: ServerProcess): Promise<string> {
  const { DATABRICKS_ACCOUNT_ID, DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET } = server.clientEnvironment;
  const answer = await fetch(`${server.url}/oidc/accounts/${DATABRICKS_ACCOUNT_ID}/v1/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${DATABRICKS_CLIENT_ID}:${DATABRICKS_CLIENT_SECRET}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "all-apis" }),
  });
  return String(Object(await answer.json()).access_token);
}

/** The search path; on a machine without `jq`, which only lays an answer out, something that passes it on. */
async function pathWithJq(directory: string): Promise<string> {
  const last = join(directory, "bin");
  await mkdir(last);
  await writeFile(join(last, "jq"), "#!/bin/sh\nexec cat\n");
  await chmod(join(last, "jq"), 0o755);
  return `/usr/local/bin:/usr/bin:/bin:${last}`;
}
