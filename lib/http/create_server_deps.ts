import { openStore, type OpenStoreOptions } from "../storage/mod.ts";
import type { AppDeps } from "./app_deps.ts";

/** Options of {@linkcode createServerDeps}. */
export type CreateServerDepsOptions = Pick<AppDeps, "stopping"> & OpenStoreOptions;

/**
 * Makes the dependencies of a real server: its store, the machine's clock, random ids, JSON lines on stdout.
 *
 * @param store Store URL.
 * @param options `stopping`: aborted once the server stops; `env`: reads a variable that the store's keys are in.
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
export function createServerDeps(store: string, options: CreateServerDepsOptions = {}): AppDeps {
  const { env, ...rest } = options;
  return {
    ...rest,
    store: openStore(store, { ...(env && { env }) }),
    // Finer than Date.now() and, unlike it, never backwards: durations are differences of two of these.
    now: () => performance.timeOrigin + performance.now(),
    newId: () => crypto.randomUUID(),
    log: (record) => console.log(JSON.stringify({ time: new Date().toISOString(), ...record })),
  };
}
