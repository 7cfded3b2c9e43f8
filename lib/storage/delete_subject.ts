import { subjectPrefix } from "./_stored_subject.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Deletes every object of a subject: all versions, manifests, and what an interrupted calibration left.
 *
 * Manifests go first: from then on the subject no longer exists for readers, whatever happens to the rest.
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
  const prefix = `${subjectPrefix(tenant, subject)}/`;
  let deleted = false;
  // Again until nothing is left: a calibration may have been writing meanwhile.
  for (let keys = await store.list(prefix); keys.length > 0; keys = await store.list(prefix)) {
    const manifests = keys.filter((key) => key.startsWith(`${prefix}current/`));
    const others = keys.filter((key) => !key.startsWith(`${prefix}current/`));
    // The current manifest last among them: an older one must never become current again.
    for (const key of [...manifests, ...others]) await store.delete(key);
    deleted = true;
  }
  // What a crash left half-written is no object, and is the person's all the same.
  return await store.deletePrefix(prefix) || deleted;
}
