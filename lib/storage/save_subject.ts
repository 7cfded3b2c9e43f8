import type { Tree } from "../tree/mod.ts";
import { countErasures } from "./_erasures.ts";
import { encodeJson } from "./_json.ts";
import { removeErased } from "./_remove_erased.ts";
import { canonicalJson } from "./canonical_json.ts";
import { sha256 } from "./sha256.ts";
import { parseObject } from "./_stored_card.ts";
import { storedSubjectSchema, type SubjectMeta, subjectPrefix } from "./_stored_subject.ts";
import { encodeWeights } from "./_weights_file.ts";
import { appendManifest } from "./append_manifest.ts";
import { ConflictError } from "./conflict_error.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";

/** Options of {@linkcode saveSubject}. */
export interface SaveSubjectOptions {
  /** The id's generation when the calibration began (`subjectGeneration`); that of now by default. */
  readonly generation?: number;
}

/**
 * Stores a subject's calibrated weights and makes them current.
 *
 * The version is the first 16 hexadecimal digits of SHA-256 over canonical JSON of meta, the generation and the
 * weights' SHA-256. Weights and meta.json are written first; the numbered manifest `current/` makes them the subject's
 * own, so a crash in between changes nothing for readers. Earlier versions stay until {@linkcode deleteSubject}.
 *
 * A calibration that began before the subject was erased is refused: before it writes anything, and once more after,
 * when it takes back what it wrote. So either it sees the erasure, or the erasure sees what it wrote.
 *
 * @param store Where to save.
 * @param tenant Whose subject.
 * @param subject Subject id.
 * @param weights θ′ and its statistics.
 * @param meta What the calibration was made of.
 * @param options When the calibration began.
 * @returns The version.
 * @throws {ConflictError} When the subject was erased since the calibration began.
 * @throws {RangeError} When the subject id is unfit.
 * @throws {SyntaxError} When meta is not of {@linkcode subjectMetaSchema}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadSubject, memoryStore, saveSubject } from "./mod.ts";
 * const store = memoryStore();
 * const fit = { loss: 1, accuracy: 0.5 };
 * const version = await saveSubject(store, "default", "s1", {}, {
 *   model: { name: "main", version: "0123456789abcdef" },
 *   innerSteps: 1,
 *   before: fit,
 *   after: fit,
 *   classes: ["positive"],
 *   createdAt: "2025-01-01T00:00:00Z",
 * });
 * assertEquals((await loadSubject(store, "default", "s1")).version, version);
 * ```
 */
export async function saveSubject(
  store: ObjectStore,
  tenant: string,
  subject: string,
  weights: Tree<StoredTensor>,
  meta: SubjectMeta,
  options: SaveSubjectOptions = {},
): Promise<string> {
  const erasures = await countErasures(store, tenant, subject);
  const { generation = erasures } = options;
  const deleted = new ConflictError("Cannot save a subject: it was deleted meanwhile");
  if (erasures > generation) throw deleted;
  const prefix = subjectPrefix(tenant, subject);
  const bytes = encodeWeights(weights);
  const weightsSha256 = await sha256(bytes);
  const identity = canonicalJson({ ...meta, generation, weights: weightsSha256 });
  const version = (await sha256(new TextEncoder().encode(identity))).slice(0, 16);
  const stored = parseObject(
    storedSubjectSchema,
    { ...meta, subject, version, weightsSha256, generation },
    `${prefix}/meta.json`,
  );
  try {
    // First of all, so that an erasure knows whose the rest is.
    await store.putIfAbsent(`${prefix}/${version}/meta.json`, encodeJson(stored));
    await store.putIfAbsent(`${prefix}/${version}/weights.safetensors`, bytes);
    await appendManifest(store, `${prefix}/current`, { version });
  } finally {
    const now = await countErasures(store, tenant, subject);
    if (now > generation) {
      await removeErased(store, tenant, subject, now);
      // deno-lint-ignore no-unsafe-finally -- graver than whatever failed, and its consequence
      throw deleted;
    }
  }
  return version;
}
