import type { ApplicationSpec, SparkDriverSpec } from "../application/spec.ts";

/** What a job driver says of the program itself: its kind, its entry point, its options. */
export interface PlannedDriver {
  readonly program: {
    [Kind in SparkDriverSpec["kind"]]: Pick<
      ApplicationSpec<Kind>,
      "kind" | "entryPoint" | "options" | Exclude<keyof ApplicationSpec<Kind>, keyof SparkDriverSpec>
    >;
  }[SparkDriverSpec["kind"]];
  /** Spark properties that its parameters set. */
  readonly properties: Readonly<Record<string, string>>;
}
