import type { Metrics } from "./create_metrics.ts";

/** Seconds; a prediction takes some hundredths, a calibration up to some seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A client may send any word as method; a label must not grow with that. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What is known of a request that has its answer. */
export interface Answered {
  readonly method: string;
  /** The route's pattern, never the path. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** Counts requests: those under way, and by route and status those that are answered. */
export function measureRequests(metrics: Metrics): { begin(): void; end(answered: Answered | null): void } {
  let inFlight = 0;
  metrics.gauge("lightman_requests_in_flight", "Requests under way, this one among them.", () => inFlight);
  const requests = metrics.counter("lightman_requests_total", "Requests by method, route and status.");
  const seconds = metrics.histogram("lightman_request_duration_seconds", "Time until the answer began.", BUCKETS);
  return {
    begin: () => void inFlight++,
    end(answered) {
      inFlight--;
      if (answered === null) return;
      const { route, status, ms } = answered;
      const method = METHODS.includes(answered.method) ? answered.method : "other";
      const labels = { method, route, status: String(status) };
      requests(labels);
      seconds(ms / 1000, labels);
    },
  };
}
