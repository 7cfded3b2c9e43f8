/** Requests that each key may make. */
export interface RateLimiter {
  /** Takes one request of a key: 0 when it may pass, else the seconds until the next may. */
  take(key: string): number;
}

/** Options of {@linkcode createRateLimiter}. */
export interface RateLimiterOptions {
  /** Requests a second in the long run, more than 0. */
  readonly perSecond: number;
  /** Requests at once after a pause. @default {2 * perSecond, at least 1} */
  readonly burst?: number;
  /** Milliseconds that only grow. */
  now(): number;
}

/**
 * Makes a limiter with one token bucket a key: `tokens ← min(burst, tokens + perSecond · Δt)`, and a request takes one.
 *
 * It remembers every key that it was asked about, so it is for keys that the server knows. Each process counts alone.
 *
 * @param options Rate, burst, clock.
 * @returns The limiter.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createRateLimiter } from "./mod.ts";
 * const limiter = createRateLimiter({ perSecond: 2, burst: 1, now: () => 0 });
 * assertEquals([limiter.take("a"), limiter.take("a"), limiter.take("b")], [0, 0.5, 0]);
 * ```
 */
export function createRateLimiter(options: RateLimiterOptions): RateLimiter {
  const { perSecond, burst = Math.max(1, 2 * perSecond), now } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key) {
      const time = now();
      const bucket = buckets.get(key) ?? { tokens: burst, at: time };
      buckets.set(key, bucket);
      bucket.tokens = Math.min(burst, bucket.tokens + (perSecond * Math.max(0, time - bucket.at)) / 1000);
      bucket.at = time;
      if (bucket.tokens < 1) return (1 - bucket.tokens) / perSecond;
      bucket.tokens--;
      return 0;
    },
  };
}
