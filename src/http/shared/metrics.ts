import { Counter, Histogram, type Registry } from "prom-client";

export interface HttpMetrics {
  /** @param seconds from the request's first byte to the answer's last */
  observe(labels: { dialect: string; operation: string }, status: number, seconds: number): void;
}

/** Registers the HTTP metrics; other parts register theirs in the same registry, which `/metrics` prints. */
export function httpMetrics(registry: Registry): HttpMetrics {
  const requests = new Counter({
    name: "firesteel_http_requests_total",
    help: "Requests answered, by dialect, operation and status",
    labelNames: ["dialect", "operation", "status"] as const,
    registers: [registry],
  });
  const duration = new Histogram({
    name: "firesteel_http_request_duration_seconds",
    help: "Time from a request's arrival to the end of its answer",
    labelNames: ["dialect", "operation"] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  // Finding a series by its labels costs more than counting in it; there are few of them.
  const series = new Map<string, { requests: Counter.Internal; duration: Histogram.Internal<string> }>();
  return {
    observe(labels, status, seconds) {
      const key = `${labels.dialect}/${labels.operation}/${status}`;
      let found = series.get(key);
      if (found === undefined) {
        found = { requests: requests.labels({ ...labels, status }), duration: duration.labels(labels) };
        series.set(key, found);
      }
      found.requests.inc();
      found.duration.observe(seconds);
    },
  };
}
