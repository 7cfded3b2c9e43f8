import type { Tree } from "../tree/mod.ts";
import { checkpointEntrySchema, checkpointPrefix } from "./_checkpoints.ts";
import { decodeJson } from "./_json.ts";
import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import { sha256 } from "./sha256.ts";
import { appendManifest } from "./append_manifest.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import { flattenWeights } from "./flatten_weights.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";

/** What a run needs to go on. */
export interface CheckpointState {
  /** Parameters, statistics, moments. */
  readonly tensors: Tree<StoredTensor>;
  /** Any JSON value: step counters, histories, configuration. */
  readonly meta: unknown;
}

/**
 * Saves a run's state and drops all but the last `keep`.
 *
 * One safetensors object holds tensors and meta; a numbered manifest makes it count. A crash before the manifest
 * leaves the checkpoint before it in force, and the orphan is removed at the next save. One writer a run.
 *
 * @param store Where to save.
 * @param tenant Whose run.
 * @param runId The run.
 * @param step Outer steps done.
 * @param state What to save.
 * @param keep Checkpoints kept, at least 1.
 * @throws {RangeError} When `keep` or `step` is out of range or a name is unfit.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { latestCheckpoint, memoryStore, saveCheckpoint } from "./mod.ts";
 * const store = memoryStore();
 * await saveCheckpoint(store, "default", "run1", 10, { tensors: {}, meta: { loss: 2 } }, 3);
 * assertEquals((await latestCheckpoint(store, "default", "run1"))?.meta, { loss: 2 });
 * ```
 */
export async function saveCheckpoint(
  store: ObjectStore,
  tenant: string,
  runId: string,
  step: number,
  state: CheckpointState,
  keep: number = 3,
): Promise<void> {
  const prefix = checkpointPrefix(tenant, runId);
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`Cannot save a checkpoint: expected a step of 0 or more, got ${step}`);
  }
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new RangeError(`Cannot save a checkpoint: expected to keep 1 or more, got ${keep}`);
  }
  const metadata = { format: "lightmannet-checkpoint", formatVersion: "1", meta: JSON.stringify(state.meta) };
  const bytes = encodeSafetensors(flattenWeights(state.tensors), metadata);
  const hash = await sha256(bytes);
  const key = `${prefix}/${String(step).padStart(8, "0")}-${hash.slice(0, 8)}.safetensors`;
  await store.put(key, bytes);
  await appendManifest(store, `${prefix}/manifest`, { step, key, sha256: hash });
  await prune(store, prefix, keep);
}

/** Removes checkpoints beyond the last `keep`, objects before the manifests that name them, and orphans. */
async function prune(store: ObjectStore, prefix: string, keep: number): Promise<void> {
  const numbers = await manifestNumbers(store, `${prefix}/manifest`);
  const kept = new Set<string>();
  for (const number of numbers.slice(-keep)) {
    const name = manifestKey(`${prefix}/manifest`, number);
    const bytes = await store.get(name);
    // A damaged manifest keeps nothing; reading reports it.
    const entry = bytes === null ? null : checkpointEntrySchema.safeParse(safely(() => decodeJson(bytes, name)));
    if (entry?.success) kept.add(entry.data.key);
  }
  for (const key of await store.list(`${prefix}/`)) {
    if (key.endsWith(".safetensors") && !kept.has(key)) await store.delete(key);
  }
  for (const number of numbers.slice(0, -keep)) await store.delete(manifestKey(`${prefix}/manifest`, number));
}

function safely<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
