import { countErasures, pickErased } from "./_erasures.ts";
import { removeErased } from "./_remove_erased.ts";
import { subjectsPrefix } from "./_stored_subject.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Finishes what a killed process left of erasures: objects of a deletion that was cut off, or of a calibration that
 * was overtaken by a deletion and killed before it could take its writes back. Nobody can read these, and still they
 * are the person's. Whoever writes subjects does this when it starts.
 *
 * @param store Where the subjects are.
 * @param tenant Whose subjects.
 * @returns How many subjects had something left.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { finishErasures, memoryStore } from "./mod.ts";
 * assertEquals(await finishErasures(memoryStore(), "default"), 0);
 * ```
 */
export async function finishErasures(store: ObjectStore, tenant: string): Promise<number> {
  const prefix = `${subjectsPrefix(tenant)}/`;
  const ids = new Set((await store.list(prefix)).map((key) => key.slice(prefix.length).split("/")[0]!));
  let finished = 0;
  for (const subject of await pickErased(store, tenant, [...ids])) {
    const generation = await countErasures(store, tenant, subject);
    if (await removeErased(store, tenant, subject, generation)) finished++;
  }
  // A folder that holds nothing but half a write is in no list.
  await store.sweep(prefix);
  return finished;
}
