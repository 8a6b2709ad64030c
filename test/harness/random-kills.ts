import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../property/random.ts";
import type { KillMatrix } from "./kill-matrix.ts";

export interface RandomKills {
  readonly kills: number;
  /** Runs that are kept going at a time. */
  readonly sideBySide: number;
  /** The longest that a server lives, in milliseconds. */
  readonly longestLifeMs: number;
  readonly random: Random;
}

/**
 * Kills a server at random instants while clients start, watch and cancel runs; a client whose answer is lost asks the
 * next server. Returns once every run has ended as it should. The drivers must be ones that may be let go by name
 * before they start.
 */
export async function killAtRandom(matrix: KillMatrix, options: RandomKills): Promise<void> {
  const { kills, sideBySide, longestLifeMs, random } = options;
  let over = false;
  const client = async () => {
    while (!over) {
      const name = matrix.newName();
      if (random.chance(0.25)) {
        const run = await matrix.startRun("CANCELLED", name);
        // When a cancel comes is part of the load, like when a kill comes: nothing is waited for.
        await delay(random.between(0, longestLifeMs));
        await matrix.cancel(run);
        await matrix.reaches(run, "CANCELLED");
      } else {
        await matrix.letGo({ name, id: "" });
        await matrix.reaches(await matrix.startRun("COMPLETED", name), "COMPLETED");
      }
    }
  };
  const clients = Promise.all(Array.from({ length: sideBySide }, client));
  const killer = async () => {
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(random.between(0, longestLifeMs));
      await matrix.server.kill();
      await matrix.server.start();
    }
    over = true;
  };
  await Promise.all([clients, killer()]);
}
