import { markErased } from "./_erasures.ts";
import { newestGeneration, removeErased } from "./_remove_erased.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Erases a subject: all versions, manifests, and what an interrupted calibration left.
 *
 * A mark without content, under a keyed hash of the id, goes first: from then on the subject no longer exists for
 * readers, whatever happens to the rest, and no calibration that began before can be stored, in whichever process it
 * runs. What begins after the mark is a new subject of the same id, which the deletion does not touch. The mark stays.
 *
 * @param store Where the subject is.
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @returns Whether there was anything to delete.
 * @throws {RangeError} When the subject id is unfit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { deleteSubject, memoryStore } from "./mod.ts";
 * assertEquals(await deleteSubject(memoryStore(), "default", "nobody"), false);
 * ```
 */
export async function deleteSubject(store: ObjectStore, tenant: string, subject: string): Promise<boolean> {
  const newest = await newestGeneration(store, tenant, subject);
  const generation = await markErased(store, tenant, subject, newest + 1);
  return await removeErased(store, tenant, subject, generation);
}
