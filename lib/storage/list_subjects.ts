import { pickErased } from "./_erasures.ts";
import { subjectsPrefix } from "./_stored_subject.ts";
import { loadSubjectMeta } from "./load_subject_meta.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore } from "./types.ts";

/**
 * Lists the ids of a tenant's calibrated subjects, sorted; one whose objects are damaged is listed too, and reading it
 * by itself says what is wrong.
 *
 * @param store Where the subjects are.
 * @param tenant Whose subjects.
 * @returns Subject ids.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { listSubjects, memoryStore } from "./mod.ts";
 * assertEquals(await listSubjects(memoryStore(), "default"), []);
 * ```
 */
export async function listSubjects(store: ObjectStore, tenant: string): Promise<string[]> {
  const prefix = `${subjectsPrefix(tenant)}/`;
  const ids = new Set<string>();
  for (const key of await store.list(prefix)) {
    const [id, folder] = key.slice(prefix.length).split("/");
    if (id !== undefined && folder === "current") ids.add(id);
  }
  // Bytes of an erased subject may be there for a moment, and then again it may have been calibrated anew.
  for (const subject of await pickErased(store, tenant, [...ids])) {
    await loadSubjectMeta(store, tenant, subject).catch((error) => {
      if (error instanceof NotFoundError) ids.delete(subject);
      else if (!(error instanceof SyntaxError)) throw error;
    });
  }
  return [...ids].sort();
}
