import * as z from "zod";
import { UsageError } from "../process/mod.ts";
import type { WorkQueueOptions } from "./create_work_queue.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

/** A whole number in digits, from one to another. */
function within(min: number, max: number) {
  const error = `expected an integer from ${min} to ${max}`;
  return z.string().regex(/^\d{1,13}$/, { error }).transform(Number).pipe(
    z.int().min(min, { error }).max(max, { error }),
  )
    .optional();
}

const MIB = 2 ** 20;

const limitsSchema = z.object({
  LIGHTMAN_MAX_BODY_BYTES: within(1024, 1024 * MIB),
  LIGHTMAN_MAX_BODY_MS: within(100, 3_600_000),
  LIGHTMAN_MAX_REQUEST_MS: within(100, 3_600_000),
  LIGHTMAN_MAX_CLIPS: within(1, 4096),
  LIGHTMAN_MAX_FRAMES: within(1, 100_000),
  LIGHTMAN_MAX_IMAGE_PIXELS: within(1, 1_000_000_000),
  LIGHTMAN_MAX_REQUEST_PIXELS: within(1, 100_000_000_000),
  LIGHTMAN_MAX_ACTIVE: within(1, 256),
  LIGHTMAN_MAX_PLACES: within(1, 65_536),
  LIGHTMAN_MAX_CACHE_BYTES: within(0, 64 * 1024 * MIB),
  LIGHTMAN_FRESH_MS: within(0, 60_000),
});

/** The variables that {@linkcode readLimits} looks at. */
export const LIMIT_SETTINGS: readonly string[] = Object.keys(limitsSchema.shape);

/** What a server does at most. */
export interface ServerLimits {
  /** Of one request: `LIGHTMAN_MAX_BODY_BYTES`, `_BODY_MS`, `_REQUEST_MS`, `_CLIPS`, `_FRAMES`, `_IMAGE_PIXELS`, `_REQUEST_PIXELS`. */
  readonly limits: Limits;
  /** Of all requests with clips: `LIGHTMAN_MAX_ACTIVE` that work at once, `LIGHTMAN_MAX_PLACES` that are under way. */
  readonly work: Required<WorkQueueOptions>;
  /** `LIGHTMAN_MAX_CACHE_BYTES`: predictors in memory. @default {268435456} 256 MiB */
  readonly cacheBytes: number;
  /** `LIGHTMAN_FRESH_MS`: how long what the store said of a version counts, in milliseconds. @default {1000} */
  readonly freshMs: number;
}

/** Refuses a limit that is less than one it must hold, naming the variable that is set. */
function checkOrder(
  env: Readonly<Record<string, string | undefined>>,
  [less, low]: readonly [string, number],
  [more, high]: readonly [string, number],
): void {
  if (low <= high) return;
  throw new UsageError(
    env[more] === undefined
      ? `Cannot use ${less}: expected at most ${more}, ${high}, got "${low}"`
      : `Cannot use ${more}: expected at least ${less}, ${low}, got "${high}"`,
  );
}

/**
 * Reads a server's limits from environment variables.
 *
 * @param env The variables.
 * @returns The limits.
 * @throws {UsageError} When a variable is out of range, naming it, or two of them contradict each other.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readLimits } from "./mod.ts";
 * assertEquals(readLimits({ LIGHTMAN_MAX_CLIPS: "8" }).limits.clips, 8);
 * ```
 */
export function readLimits(env: Readonly<Record<string, string | undefined>>): ServerLimits {
  const result = limitsSchema.safeParse(env);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    const name = String(path[0]);
    throw new UsageError(`Cannot use ${name}: ${message}, got ${JSON.stringify(env[name])}`);
  }
  const { data } = result;
  const limits: Limits = {
    bodyBytes: data.LIGHTMAN_MAX_BODY_BYTES ?? DEFAULT_LIMITS.bodyBytes,
    bodyMs: data.LIGHTMAN_MAX_BODY_MS ?? DEFAULT_LIMITS.bodyMs,
    requestMs: data.LIGHTMAN_MAX_REQUEST_MS ?? DEFAULT_LIMITS.requestMs,
    clips: data.LIGHTMAN_MAX_CLIPS ?? DEFAULT_LIMITS.clips,
    frames: data.LIGHTMAN_MAX_FRAMES ?? DEFAULT_LIMITS.frames,
    imagePixels: data.LIGHTMAN_MAX_IMAGE_PIXELS ?? DEFAULT_LIMITS.imagePixels,
    requestPixels: data.LIGHTMAN_MAX_REQUEST_PIXELS ?? DEFAULT_LIMITS.requestPixels,
  };
  const work = { active: data.LIGHTMAN_MAX_ACTIVE ?? 4, places: data.LIGHTMAN_MAX_PLACES ?? 64 };
  checkOrder(env, ["LIGHTMAN_MAX_ACTIVE", work.active], ["LIGHTMAN_MAX_PLACES", work.places]);
  checkOrder(
    env,
    ["LIGHTMAN_MAX_IMAGE_PIXELS", limits.imagePixels],
    ["LIGHTMAN_MAX_REQUEST_PIXELS", limits.requestPixels],
  );
  return {
    limits,
    work,
    cacheBytes: data.LIGHTMAN_MAX_CACHE_BYTES ?? 256 * MIB,
    freshMs: data.LIGHTMAN_FRESH_MS ?? 1000,
  };
}
