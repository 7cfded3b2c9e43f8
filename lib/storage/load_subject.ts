import type { Tree } from "../tree/mod.ts";
import { type StoredSubject, subjectPrefix } from "./_stored_subject.ts";
import { readWeights } from "./_weights_file.ts";
import { loadSubjectMeta, type LoadSubjectOptions } from "./load_subject_meta.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";

/**
 * Loads a subject's calibration and verifies its weights' SHA-256.
 *
 * @param store Where the subject is.
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @param options Which version.
 * @returns Version, weights and what the calibration was made of.
 * @throws {NotFoundError} When there is no such subject.
 * @throws {SyntaxError} When an object is damaged.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadSubject, memoryStore } from "./mod.ts";
 * await assertRejects(() => loadSubject(memoryStore(), "default", "../x"), RangeError);
 * ```
 */
export async function loadSubject(
  store: ObjectStore,
  tenant: string,
  subject: string,
  options: LoadSubjectOptions = {},
): Promise<{ version: string; weights: Tree<StoredTensor>; meta: StoredSubject }> {
  const meta = await loadSubjectMeta(store, tenant, subject, options);
  const key = `${subjectPrefix(tenant, subject)}/${meta.version}/weights.safetensors`;
  const weights = await readWeights(store, key, meta.weightsSha256);
  if (weights === null) throw new NotFoundError(`Cannot load subject "${subject}": object "${key}" is missing`);
  return { version: meta.version, weights, meta };
}
