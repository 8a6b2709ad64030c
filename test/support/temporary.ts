import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A directory of the caller's own, for as long as it does not remove it. */
export async function makeTemporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "firesteel-test-")));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A directory of the test's own, removed after it, once everything else that is to be done after it has been done. */
export async function temporaryDirectory(context: TestContext): Promise<string> {
  const { path, remove } = await makeTemporaryDirectory();
  // Hooks run in their order, and what uses a directory is made, and ended, after it: a hook that is added now is last.
  context.after(() => context.after(remove));
  return path;
}
