import { countErasures } from "./_erasures.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Tells the generation of a subject id: how often it was erased.
 *
 * A calibration asks when it begins and tells {@linkcode saveSubject}, which refuses it when the subject was erased
 * meanwhile, by whichever process.
 *
 * @param store Where the subject is or will be.
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @returns 0 for an id that was never erased.
 * @throws {RangeError} When the subject id is unfit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { deleteSubject, memoryStore, subjectGeneration } from "./mod.ts";
 * const store = memoryStore();
 * assertEquals(await subjectGeneration(store, "default", "s1"), 0);
 * await deleteSubject(store, "default", "s1");
 * assertEquals(await subjectGeneration(store, "default", "s1"), 1);
 * ```
 */
export async function subjectGeneration(store: ObjectStore, tenant: string, subject: string): Promise<number> {
  return await countErasures(store, tenant, subject);
}
