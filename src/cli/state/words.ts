import type { Replaced } from "./state-client.ts";

/** Such as ` and ended 2 drivers`; empty where there were none. */
export function endedDrivers({ applicationsEnded: ended }: Replaced): string {
  return ended === 0 ? "" : ` and ended ${ended} driver${ended === 1 ? "" : "s"}`;
}
