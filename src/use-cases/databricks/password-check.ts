import { createHmac } from "node:crypto";
import { isPassword } from "../../core/access/password.ts";
import { FairLine } from "./fair-line.ts";

/** Who tries a password, as far as that is seen before it is checked. */
export interface Trier {
  /** The network that the request comes from: see `sourceNetwork`. */
  readonly network: string;
  /** Whether the connection is closed, so that nobody waits for the answer any more. */
  readonly isGone: () => boolean;
}

export interface PasswordCheckOptions {
  /** Unpredictable, and of this process alone. */
  readonly key: Uint8Array;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** `isPassword` by default. */
  readonly isPassword?: (password: string, hash: string) => Promise<boolean>;
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

/** A try that is in line or is worked on, for all who make it. */
interface Attempt {
  /** Null where nobody waited for it any more. */
  readonly result: Promise<boolean | null>;
  readonly triers: Trier[];
}

/**
 * Checks passwords: each try costs the work of scrypt, except one that was right before. Wrong tries of one user name
 * are answered later and later; a right one is answered at once, however many wrong ones there were. One that is right for the first
 * time since the start waits for a few others at most: `FairLine` says which. Only who tries wrong passwords of the same
 * name from the same network, faster than the machine can hash, and goes on with it, can hold it up, since nothing tells the two apart.
 */
export class PasswordCheck {
  readonly #options: PasswordCheckOptions;
  /** Of passwords that were right, under the hash that they were right for: a new hash makes all of them strangers. */
  readonly #right = new Set<string>();
  readonly #wrong = new Map<string, { count: number; lastMs: number }>();
  readonly #line = new FairLine(AT_A_TIME);
  /** By network, name and password: who makes the same try many times at once waits for it once. */
  readonly #attempts = new Map<string, Attempt>();
  #delayed = 0;

  constructor(options: PasswordCheckOptions) {
    this.#options = options;
  }

  /**
   * @param userName in the one form in which it is compared, with what tells it from the same name elsewhere
   * @param hash null where there is no such user: then no password is right
   */
  async isRight(userName: string, password: string, hash: string | null, trier: Trier): Promise<boolean> {
    const tried = this.#digest(`${hash ?? NOBODYS_HASH}\0${password.normalize("NFC")}`);
    const name = this.#digest(userName);
    if (this.#right.has(tried)) return true;
    const { isPassword: compare = isPassword } = this.#options;
    const check = () => compare(password, hash ?? NOBODYS_HASH);
    let matches = await this.#attempt(name, tried, trier, check);
    // Those who made the same try are gone, but this one is not.
    while (matches === null && !trier.isGone()) matches = await this.#attempt(name, tried, trier, check);
    if (matches === null) return false;
    if (matches && hash !== null) {
      this.#right.add(tried);
      forgetOldest(this.#right);
      this.#wrong.delete(name);
      return true;
    }
    await this.#holdBack(this.#count(name));
    return false;
  }

  #attempt(
    name: string,
    tried: string,
    trier: Trier,
    check: () => Promise<boolean>,
  ): Promise<boolean | null> {
    const key = `${trier.network} ${name} ${tried}`;
    const known = this.#attempts.get(key);
    if (known !== undefined) {
      known.triers.push(trier);
      return known.result;
    }
    const triers = [trier];
    const isGone = () => triers.every((each) => each.isGone());
    const result = this.#line
      .run({ source: trier.network, name, isGone }, check)
      .finally(() => this.#attempts.delete(key));
    this.#attempts.set(key, { result, triers });
    return result;
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
