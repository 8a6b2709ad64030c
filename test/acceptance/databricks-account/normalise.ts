import type { ServerProcess } from "../../support/server.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Replaces what differs from run to run by its kind. */
export function normalise(output: string, server: ServerProcess): string {
  return output
    .replaceAll(UUID, "<uuid>")
    .replaceAll(server.url, "<server>")
    .replaceAll(/\b\d{15,16}\b/g, "<workspace>");
}
