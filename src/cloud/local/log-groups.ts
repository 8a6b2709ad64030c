import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Scope } from "../../core/ids.ts";
import { LogGroupError, type LogGroups } from "../../core/ports/log-groups.ts";
import { appendToFile } from "./append-file.ts";

export interface LocalLogGroupsSettings {
  readonly directory: string;
  /** The account and region whose groups stand directly below the directory; others have folders of their own. */
  readonly home: Scope;
}

/** Not allowed, or a group where another one has a stream: no later try changes that. */
const NEVER = new Set(["EACCES", "EPERM", "ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG", "ELOOP"]);

/** CloudWatch Logs as files: `<directory>/<group>/<stream>`. */
export class LocalLogGroups implements LogGroups {
  readonly #settings: LocalLogGroupsSettings;

  constructor(settings: LocalLogGroupsSettings) {
    this.#settings = settings;
  }

  async appendAt(
    scope: Scope,
    group: string,
    stream: string,
    sizeBytes: number,
    bytes: Uint8Array,
  ): Promise<number> {
    const path = join(this.#root(scope), ...parts(group, "group"), ...parts(stream, "stream"));
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      return await appendToFile(path, sizeBytes, bytes, 0o600);
    } catch (cause) {
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
      if (!NEVER.has(code)) throw cause;
      throw new LogGroupError(`The log stream '${group}/${stream}' cannot be written (${code}).`, { cause });
    }
  }

  #root({ account, region }: Scope): string {
    const { directory, home } = this.#settings;
    return account === home.account && region === home.region
      ? directory
      : join(directory, `@${account}`, region);
  }
}

/** Names of groups and streams may hold slashes; here each part is a folder, so dots cannot be parts. */
function parts(name: string, what: string): string[] {
  const named = name.split("/").filter((part) => part !== "");
  if (named.length === 0) throw new LogGroupError(`The log ${what} has no name.`);
  for (const part of named) {
    if (
      part === "." ||
      part === ".." ||
      part.startsWith("@") ||
      part.includes("\0") ||
      Buffer.byteLength(part) > 255
    ) {
      throw new LogGroupError(
        `The log ${what} '${name}' cannot be stored: the part '${part}' is no file name.`,
      );
    }
  }
  return named;
}
