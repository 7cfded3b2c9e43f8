import { ConflictError } from "./conflict_error.ts";
import { encodeJson } from "./_json.ts";
import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import type { ObjectStore } from "./types.ts";

/** Options of {@linkcode appendManifest}. */
export interface AppendManifestOptions {
  /** The number that must be current, 0 for none; without it the write follows whatever is current. */
  readonly expected?: number;
}

/** Lost races in a row after which something other than a race is wrong. */
const MAX_ATTEMPTS = 100;

/**
 * Writes the next numbered manifest, `PREFIX/000001.json` and so on; the highest number is current.
 *
 * Each number is written create-only, so of two writers one wins the number and the other takes the next: nobody's
 * work is overwritten, and no store needs more than create-only writes.
 *
 * @param store Where to write.
 * @param prefix Key prefix without a final slash.
 * @param value Any JSON value.
 * @param options What must be current.
 * @returns The number written.
 * @throws {ConflictError} When another number than the expected one is current.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { appendManifest, currentManifest, memoryStore } from "./mod.ts";
 * const store = memoryStore();
 * await appendManifest(store, "alias", { version: "a" });
 * await appendManifest(store, "alias", { version: "b" });
 * assertEquals(await currentManifest(store, "alias"), { number: 2, value: { version: "b" } });
 * ```
 */
export async function appendManifest(
  store: ObjectStore,
  prefix: string,
  value: unknown,
  options: AppendManifestOptions = {},
): Promise<number> {
  const { expected } = options;
  const bytes = encodeJson(value);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const current = (await manifestNumbers(store, prefix)).at(-1) ?? 0;
    if (expected === undefined || current === expected) {
      if (await store.putIfAbsent(manifestKey(prefix, current + 1), bytes)) return current + 1;
    }
    if (expected !== undefined) {
      throw new ConflictError(`Cannot write "${prefix}": expected number ${expected} to be current, it no longer is`);
    }
  }
  throw new ConflictError(`Cannot write "${prefix}": expected a free number, lost ${MAX_ATTEMPTS} races in a row`);
}
