import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A directory of the test's own, removed after it. */
export async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "firesteel-test-")));
  context.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}
