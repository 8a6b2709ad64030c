/** Time, injected: core and use cases never read a clock of their own. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  now(): number;
}
