import { openStore, type OpenStoreOptions } from "../storage/mod.ts";
import type { AppDeps } from "./app_deps.ts";
import { createWorkQueue, type WorkQueueOptions } from "./create_work_queue.ts";
import { createRateLimiter } from "./create_rate_limiter.ts";
import { createMetrics, type Metrics } from "./create_metrics.ts";

/** Options of {@linkcode createServerDeps}. */
export interface ServerDepsOptions
  extends Pick<AppDeps, "stopping" | "keys" | "origins" | "limits" | "shared">, OpenStoreOptions {
  /** Requests a second that each key may make; 0: any number. @default {0} */
  readonly rate?: number;
  /** How many requests with clips. @default {4 that work, 64 under way} */
  readonly work?: WorkQueueOptions;
}

/**
 * Makes the dependencies of a real server: its store, the machine's clock, random ids, JSON lines on stdout.
 *
 * @param store Store URL.
 * @param options `stopping`: aborted once the server stops; `keys`: the keys that requests must have; `origins`: whose pages may use it;
 * `rate`: requests a second of a key; `limits`, `work`: what requests may hold and how many there may be; `shared`: models for every tenant; `env`: reads a variable that the store's keys are in.
 * @returns Dependencies for {@linkcode createBaseApp}.
 * @throws {RangeError} When the URL names no store.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createServerDeps } from "./mod.ts";
 * assertEquals(createServerDeps("memory:").store.url, "memory:");
 * ```
 */
export function createServerDeps(
  store: string,
  options: ServerDepsOptions = {},
): AppDeps & { readonly metrics: Metrics } {
  const { rate = 0, env, work: bounds, ...given } = options;
  // Finer than Date.now() and, unlike it, never backwards: durations are differences of two of these.
  const now = () => performance.timeOrigin + performance.now();
  const metrics = createMetrics();
  metrics.gauge(
    "process_start_time_seconds",
    "When the process started, since 1970.",
    () => performance.timeOrigin / 1000,
  );
  metrics.gauge("process_resident_memory_bytes", "Memory of the process.", () => Deno.memoryUsage().rss);
  const work = createWorkQueue(bounds);
  metrics.gauge("lightman_work_active", "Requests that decode or compute.", () => work.active);
  metrics.gauge(
    "lightman_work_places",
    "Requests with clips under way: arriving, waiting or working.",
    () => work.places,
  );
  return {
    metrics,
    work,
    api: [],
    readiness: [],
    ...given,
    store: openStore(store, { ...(env && { env }) }),
    now,
    ...(rate > 0 && { limiter: createRateLimiter({ perSecond: rate, now }) }),
    newId: () => crypto.randomUUID(),
    log: (record) => console.log(JSON.stringify({ time: new Date().toISOString(), ...record })),
  };
}
