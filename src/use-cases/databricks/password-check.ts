import { createHmac } from "node:crypto";
import { isPassword } from "../../core/access/password.ts";
import { FairLine } from "./fair-line.ts";

export interface PasswordCheckOptions {
  /** Unpredictable, and of this process alone. */
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Wrong tries of one user name that cost nothing but the hash: people mistype. */
const FREE_TRIES = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** A user name with no wrong try for this long begins again. */
const FORGET_MS = 15 * 60_000;
/** What is remembered of each kind, so that invented names and passwords fill no memory. */
const REMEMBERED = 10_000;
/** More answers than this are not held back at a time: they would fill memory with open connections. */
const DELAYED = 1_000;
/** Tries that are worked on at a time: half of the threads that Node has for such work and for files. */
const AT_A_TIME = 2;
/** The hash of nobody's password, so that the time of an answer does not tell which user names exist. */
const NOBODYS_HASH = "scrypt$32768$8$3$bm9ib2R5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/**
 * Checks passwords: each try costs the work of scrypt, except one that was right before. Wrong tries of one user name
 * are answered later and later; a right one is answered at once, however many wrong ones there were.
 */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;
  /** Of passwords that were right, under the hash that they were right for: a new hash makes all of them strangers. */
  readonly #right = new Set<string>();
  readonly #wrong = new Map<string, { count: number; lastMs: number }>();
  /** So that who tries many passwords of one user name does not delay those of others. */
  readonly #line = new FairLine(AT_A_TIME);
  #delayed = 0;

  constructor(options: PasswordCheckOptions) {
    this.#options = options;
  }

  /**
   * @param userName in the one form in which it is compared, with what tells it from the same name elsewhere
   * @param hash null where there is no such user: then no password is right
   */
  async isRight(userName: string, password: string, hash: string | null): Promise<boolean> {
    const tried = this.#digest(`${hash ?? NOBODYS_HASH}\0${password.normalize("NFC")}`);
    const name = this.#digest(userName);
    if (this.#right.has(tried)) return true;
    const matches = await this.#line.run(name, () => isPassword(password, hash ?? NOBODYS_HASH));
    if (matches && hash !== null) {
      this.#right.add(tried);
      forgetOldest(this.#right);
      this.#wrong.delete(name);
      return true;
    }
    await this.#holdBack(this.#count(name));
    return false;
  }

  /** What is kept in the place of a name or a password: short, and of no use outside this process. */
  #digest(text: string): string {
    return createHmac("sha256", this.#options.key).update(text).digest("base64");
  }

  /** How many wrong tries of the name in a row this one makes. */
  #count(name: string): number {
    const nowMs = this.#options.now();
    const known = this.#wrong.get(name);
    const count = known === undefined || nowMs - known.lastMs > FORGET_MS ? 1 : known.count + 1;
    this.#wrong.delete(name);
    this.#wrong.set(name, { count, lastMs: nowMs });
    forgetOldest(this.#wrong);
    return count;
  }

  async #holdBack(count: number): Promise<void> {
    if (count <= FREE_TRIES || this.#delayed >= DELAYED) return;
    this.#delayed += 1;
    try {
      const doubled = FIRST_DELAY_MS * 2 ** Math.min(count - FREE_TRIES - 1, 16);
      await this.#options.wait(Math.min(doubled, LONGEST_DELAY_MS));
    } finally {
      this.#delayed -= 1;
    }
  }
}

/** Sets and maps keep the order in which their members came. */
function forgetOldest(kept: Set<string> | Map<string, unknown>): void {
  if (kept.size <= REMEMBERED) return;
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
