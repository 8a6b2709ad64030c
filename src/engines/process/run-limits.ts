import type { Grant } from "../../core/application/spec.ts";

/** What one run may take of the machine, for `drivers/supervisor/limits.py`; null where there is no limit. */
export interface RunLimits {
  /** All processes of the run together. Held in a sandbox only. */
  readonly memoryBytes: number | null;
  /** Processes and threads together. Held in a sandbox only. */
  readonly processes: number | null;
  /** Any one file that the driver writes. */
  readonly fileBytes: number | null;
  /** The run's own directories together. */
  readonly runDiskBytes: number | null;
  /** What is kept of each of the driver's two outputs. */
  readonly logBytes: number | null;
}

export interface RunLimitSettings extends Omit<RunLimits, "memoryBytes"> {
  /** What a run may use beside {@link HEAP_SHARE} times its heap. */
  readonly memoryOverheadBytes: number;
}

/** What Spark adds to a PySpark pod's memory on Kubernetes (`spark.kubernetes.memoryOverheadFactor`: 0.4). */
const HEAP_SHARE = 1.4;

export function limitsOf(grant: Grant, settings: RunLimitSettings): RunLimits {
  const { memoryOverheadBytes, ...limits } = settings;
  return {
    ...limits,
    memoryBytes: Math.floor(grant.granted.memoryBytes * HEAP_SHARE) + memoryOverheadBytes,
  };
}
