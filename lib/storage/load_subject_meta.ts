import { checkVersion } from "./_check_name.ts";
import { countErasures } from "./_erasures.ts";
import { decodeJson } from "./_json.ts";
import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import { aliasSchema, parseObject } from "./_stored_card.ts";
import { type StoredSubject, storedSubjectSchema, subjectPrefix } from "./_stored_subject.ts";
import { NotFoundError } from "./not_found_error.ts";
import type { ObjectStore } from "./types.ts";

/** Which version {@linkcode loadSubjectMeta} and {@linkcode loadSubject} take. */
export interface LoadSubjectOptions {
  /** A version; the current one by default. */
  readonly version?: string;
}

/**
 * Reads a subject's meta.json, without the weights. What was calibrated before the last erasure of the id is not there,
 * though its bytes may be for a moment.
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
  const none = () => new NotFoundError(`Cannot load subject "${subject}": there is none of this id`);
  const generation = await countErasures(store, tenant, subject);

  /** Null where it is missing: so looks a calibration that is just being deleted. */
  async function read(version: string): Promise<StoredSubject | null> {
    const key = `${prefix}/${checkVersion(version)}/meta.json`;
    const bytes = await store.get(key);
    return bytes && parseObject(storedSubjectSchema, decodeJson(bytes, key), key);
  }

  if (options.version !== undefined) {
    const meta = await read(options.version);
    if (meta === null || meta.generation < generation) throw none();
    return meta;
  }
  for (const number of (await manifestNumbers(store, `${prefix}/current`)).reverse()) {
    const key = manifestKey(`${prefix}/current`, number);
    const bytes = await store.get(key);
    const meta = bytes && await read(parseObject(aliasSchema, decodeJson(bytes, key), key).version);
    // What an erasure took, or takes in a moment, is passed by: a calibration that was overtaken may have written it
    // after the current one. One that came since this reading began leaves nobody, no earlier version either.
    if (meta === null && (generation === 0 || await countErasures(store, tenant, subject) > generation)) throw none();
    if (meta !== null && meta.generation >= generation) return meta;
  }
  throw none();
}
