import { join } from "node:path";
import { CliError } from "../errors.ts";
import { alone, readText, writePrivately } from "./private-file.ts";

/** A token as the vendor's CLI and SDKs for Go keep it. */
export interface CachedToken {
  readonly access_token: string;
  readonly token_type: string;
  readonly refresh_token?: string;
  /** RFC 3339. */
  readonly expiry: string;
}

interface CacheFile {
  readonly version: 1;
  readonly tokens: Readonly<Record<string, CachedToken>>;
}

/**
 * Where `databricks auth login` keeps what it was given: `~/.databricks/token-cache.json`, version 1
 * (databricks-sdk-go credentials/u2m/cache/file.go). A token is there under its profile's name, and under its host's
 * for SDKs that know no profiles (databricks/cli cmd/auth/token.go, "dualWrite").
 */
export class TokenCache {
  readonly #file: string;

  constructor(homeDirectory: string) {
    this.#file = join(homeDirectory, ".databricks", "token-cache.json");
  }

  /** The first of these keys that there is a token for. */
  async find(keys: readonly string[]): Promise<CachedToken | null> {
    const { tokens } = await this.#read();
    return keys.map((key) => tokens[key]).find((token) => token !== undefined) ?? null;
  }

  async store(keys: readonly string[], token: CachedToken): Promise<void> {
    await alone(this.#file, async () => {
      const { tokens } = await this.#read();
      await this.#write({ ...tokens, ...Object.fromEntries(keys.map((key) => [key, token])) });
    });
  }

  async remove(keys: readonly string[]): Promise<void> {
    await alone(this.#file, async () => {
      const { tokens } = await this.#read();
      const left = Object.entries(tokens).filter(([key]) => !keys.includes(key));
      if (left.length < Object.keys(tokens).length) await this.#write(Object.fromEntries(left));
    });
  }

  /**
   * Renews the token of these keys where it `isStale`, while no other process does: a refresh token is good once. Where
   * another has renewed it meanwhile, that is the answer. Null where there is none.
   */
  async renewed(
    keys: readonly string[],
    isStale: (token: CachedToken) => boolean,
    renew: (token: CachedToken) => Promise<CachedToken>,
  ): Promise<CachedToken | null> {
    const kept = await this.find(keys);
    if (kept === null || !isStale(kept)) return kept;
    return alone(this.#file, async () => {
      const old = await this.find(keys);
      // Renewed meanwhile: another process waited for less.
      const isAnother = old !== null && old.access_token !== kept.access_token;
      if (old === null || isAnother || !isStale(old)) return old;
      const fresh = await renew(old);
      const { tokens } = await this.#read();
      const same = Object.entries(tokens).filter(
        ([, { refresh_token }]) => refresh_token === old.refresh_token,
      );
      await this.#write({ ...tokens, ...Object.fromEntries(same.map(([key]) => [key, fresh])) });
      return fresh;
    });
  }

  async #read(): Promise<CacheFile> {
    const text = await readText(this.#file);
    if (text === "") return { version: 1, tokens: {} };
    let read: unknown;
    try {
      read = JSON.parse(text);
    } catch (error) {
      throw this.#notOurs("is no JSON", error);
    }
    const { version, tokens }: { version?: unknown; tokens?: unknown } =
      typeof read === "object" && read !== null ? read : {};
    if (version !== 1 || typeof tokens !== "object" || tokens === null)
      throw this.#notOurs(`has version ${String(version)}`);
    const kept = Object.entries(tokens).filter((entry): entry is [string, CachedToken] => isToken(entry[1]));
    return { version, tokens: Object.fromEntries(kept) };
  }

  async #write(tokens: CacheFile["tokens"]): Promise<void> {
    await writePrivately(this.#file, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`);
  }

  #notOurs(what: string, cause?: unknown): CliError {
    return new CliError(`${this.#file} ${what}`, {
      hint: "Version 1 of the databricks CLI's token cache is known here. Move the file away and log in again.",
      cause,
    });
  }
}

function isToken(value: unknown): value is CachedToken {
  return (
    typeof value === "object" &&
    value !== null &&
    "access_token" in value &&
    typeof value.access_token === "string" &&
    "expiry" in value &&
    typeof value.expiry === "string"
  );
}
