import { randomBytes, randomUUID } from "node:crypto";
import { effectId, jobRunId, virtualClusterId } from "../../core/ids.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Ids } from "../../core/ports/ids.ts";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const VIRTUAL_CLUSTER_CHARACTERS = 25;
const JOB_RUN_CHARACTERS = 19;
/** Base-36 milliseconds need nine characters until the year 5188. */
const TIME_CHARACTERS = 9;

/** Ids of random characters; those of job runs begin with the time, so that they sort by it. */
export class RandomIds implements Ids {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  virtualCluster() {
    return virtualClusterId(randomCharacters(VIRTUAL_CLUSTER_CHARACTERS));
  }

  jobRun() {
    const time = this.#clock.now().toString(36).padStart(TIME_CHARACTERS, "0");
    return jobRunId(`0${time}${randomCharacters(JOB_RUN_CHARACTERS - TIME_CHARACTERS - 1)}`);
  }

  sparkApplication() {
    return `spark-${randomBytes(16).toString("hex")}`;
  }

  effect() {
    return effectId(randomUUID());
  }

  uuid() {
    return randomUUID();
  }
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
