import { executorNumber, type LogContainer } from "../ports/engine.ts";
import type { LogTargets } from "./spec.ts";

/** Path below the targets for a container's streams; null where the application has no place for it. */
export function containerPath({ containers }: LogTargets, container: LogContainer): string | null {
  if (container === "driver" || container === "submitter") return containers[container];
  const number = executorNumber(container);
  return containers.executors === undefined || number === null ? null : `${containers.executors}${number}`;
}

/**
 * Name of the object that a rotated file becomes when the next one is begun. The guide gives this form for the log agent
 * of the Spark operator, which is the same one (emr-b.md 2.6: `stdout_YYYYMMDD_index.gz`, and the current one undated).
 */
export function rotatedName(stream: string, closedAtMs: number, index: number): string {
  const date = new Date(closedAtMs).toISOString().slice(0, 10).replaceAll("-", "");
  return `${stream}_${date}_${index}.gz`;
}
