import { randomFillSync, randomInt, randomUUID } from "node:crypto";
import { accountObjectId, effectId, jobRunId, principalId, virtualClusterId } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const VIRTUAL_CLUSTER_CHARACTERS = 25;
const JOB_RUN_CHARACTERS = 19;
/** Base-36 milliseconds need nine characters until the year 5188. */
const TIME_CHARACTERS = 9;
/** Numbers the runs of one millisecond, so that they stand in line in the order of their submission. */
const SEQUENCE_CHARACTERS = 3;

/** Drawn ahead: a draw of a few bytes costs as much as one of some hundred. */
const DRAWN_BYTES = 4096;

/** Ids of random characters; those of job runs begin with the time, so that they sort by their making. */
export class RandomIds implements Ids {
  readonly #clock: Clock;
  #lastMs = 0;
  #sequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  virtualCluster() {
    return virtualClusterId(randomCharacters(VIRTUAL_CLUSTER_CHARACTERS));
  }

  jobRun() {
    const nowMs = Math.max(this.#clock.now(), this.#lastMs);
    this.#sequence = nowMs === this.#lastMs ? this.#sequence + 1 : 0;
    this.#lastMs = nowMs;
    const order = padded(nowMs, TIME_CHARACTERS) + padded(this.#sequence, SEQUENCE_CHARACTERS);
    return jobRunId(`0${order}${randomCharacters(JOB_RUN_CHARACTERS - order.length - 1)}`);
  }

  sparkApplication() {
    return `spark-${randomBytes(16).toString("hex")}`;
  }

  effect() {
    return effectId(randomUUID());
  }

  principal() {
    // crypto.randomInt draws below 2^48, which has fifteen digits from 10^14 on.
    return principalId(String(randomInt(10 ** 14, 2 ** 48 - 1)));
  }

  workspace() {
    return accountObjectId(`${randomInt(1, 10)}${String(randomInt(10 ** 14)).padStart(14, "0")}`);
  }

  uuid() {
    return randomUUID();
  }
}

function padded(value: number, characters: number): string {
  return value.toString(ALPHABET.length).padStart(characters, "0");
}

const drawn = Buffer.alloc(DRAWN_BYTES);
let handedOut = DRAWN_BYTES;

/** Of no more than are drawn at once; each byte is handed out once. */
function randomBytes(count: number): Buffer {
  if (handedOut + count > DRAWN_BYTES) {
    randomFillSync(drawn);
    handedOut = 0;
  }
  handedOut += count;
  return Buffer.from(drawn.subarray(handedOut - count, handedOut));
}

function randomCharacters(count: number): string {
  let text = "";
  while (text.length < count) {
    for (const byte of randomBytes(count)) {
      // 252 is the largest multiple of 36 in a byte: beyond it the draw would favour some characters.
      if (byte < 252 && text.length < count) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text;
}
