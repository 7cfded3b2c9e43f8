import { checkVersion } from "./_check_name.ts";
import { decodeJson } from "./_json.ts";
import { aliasSchema, parseObject } from "./_stored_card.ts";
import { type StoredSubject, storedSubjectSchema, subjectPrefix } from "./_stored_subject.ts";
import { currentManifest } from "./current_manifest.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore } from "./types.ts";

/** Which version {@linkcode loadSubjectMeta} and {@linkcode loadSubject} take. */
export interface LoadSubjectOptions {
  /** A version; the current one by default. */
  readonly version?: string;
}

/**
 * Reads a subject's meta.json, without the weights.
 *
 * @param store Where the subject is.
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @param options Which version.
 * @returns What its calibration was made of, and its version.
 * @throws {NotFoundError} When there is no such subject.
 * @throws {SyntaxError} When an object is damaged.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { loadSubjectMeta, memoryStore, NotFoundError } from "./mod.ts";
 * await assertRejects(() => loadSubjectMeta(memoryStore(), "default", "nobody"), NotFoundError);
 * ```
 */
export async function loadSubjectMeta(
  store: ObjectStore,
  tenant: string,
  subject: string,
  options: LoadSubjectOptions = {},
): Promise<StoredSubject> {
  const prefix = subjectPrefix(tenant, subject);
  let { version } = options;
  if (version === undefined) {
    const manifest = await currentManifest(store, `${prefix}/current`);
    if (manifest === null) throw new NotFoundError(`Cannot load subject "${subject}": there is none of this id`);
    version = parseObject(aliasSchema, manifest.value, `${prefix}/current`).version;
  }
  const key = `${prefix}/${checkVersion(version)}/meta.json`;
  const bytes = await store.get(key);
  if (bytes === null) {
    // A deletion takes the manifests first, so a subject that is just going looks like this for a moment.
    throw new NotFoundError(`Cannot load subject "${subject}": object "${key}" is missing`);
  }
  return parseObject(storedSubjectSchema, decodeJson(bytes, key), key);
}
