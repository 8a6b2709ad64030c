import { hash } from "node:crypto";
import type { Json } from "../../core/json.ts";
import type { AccountChange, AccountStore, Setting } from "../../core/ports/account-store.ts";
import { retryStale } from "../retry-stale.ts";
import type { DatabricksDependencies } from "./context.ts";

/** A document of an account or a workspace, or what stands for it while nobody has written one. */
export interface Document<Body> {
  readonly body: Body;
  /** Changes with every write. */
  readonly etag: string;
  readonly version: number;
}

/**
 * Reads a document. What it holds was written by `changeDocument` under the same name, so it has the form of the
 * initial one.
 */
export async function readDocument<Body extends Json>(
  store: AccountStore,
  owner: Setting["owner"],
  name: string,
  initial: Body,
): Promise<Document<Body>> {
  const stored = await store.settings.get(owner, name);
  const version = stored?.version ?? 0;
  return {
    body: stored === null ? initial : (stored.body as Body), // see above
    etag: etagOf(owner, name, version),
    version,
  };
}

/** Reads, decides and writes; again for as long as somebody else writes in between. */
export function changeDocument<Body extends Json>(
  { store }: DatabricksDependencies,
  owner: Setting["owner"],
  name: string,
  initial: Body,
  decide: (before: Document<Body>) => Body | Promise<Body>,
  also: () => readonly AccountChange[] = () => [],
): Promise<Document<Body>> {
  return retryStale(async () => {
    const before = await readDocument(store, owner, name, initial);
    const body = await decide(before);
    await store.commit([{ kind: "setting", row: { owner, name, body, version: before.version } }, ...also()]);
    return { body, etag: etagOf(owner, name, before.version + 1), version: before.version + 1 };
  });
}

/** Says nothing to a client but whether two are equal. */
function etagOf(owner: string, name: string, version: number): string {
  const text = hash("sha256", `${owner}\n${name}\n${version}`, "base64url");
  return `${text.slice(0, 22)}=${version}`;
}
