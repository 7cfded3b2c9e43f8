import type { Tree } from "../tree/mod.ts";
import { checkpointEntrySchema, checkpointPrefix } from "./_checkpoints.ts";
import { decodeJson } from "./_json.ts";
import { manifestKey, manifestNumbers } from "./_manifest_numbers.ts";
import { sha256 } from "./sha256.ts";
import { parseObject } from "./_stored_card.ts";
import { decodeSafetensors } from "./decode_safetensors.ts";
import type { ObjectStore, StoredTensor } from "./types.ts";
import { unflattenWeights } from "./unflatten_weights.ts";

/** A checkpoint that was read and verified. */
export interface Checkpoint {
  /** Outer steps done. */
  readonly step: number;
  readonly tensors: Tree<StoredTensor>;
  readonly meta: unknown;
  /** Newer checkpoints that were skipped, one message each; empty when all is well. */
  readonly damaged: readonly string[];
}

async function read(store: ObjectStore, name: string): Promise<Omit<Checkpoint, "damaged">> {
  const manifest = await store.get(name);
  if (manifest === null) throw new SyntaxError(`object "${name}" is missing`);
  const { step, key, sha256: expected } = parseObject(checkpointEntrySchema, decodeJson(manifest, name), name);
  const bytes = await store.get(key);
  if (bytes === null) throw new SyntaxError(`object "${key}" is missing`);
  const got = await sha256(bytes);
  if (got !== expected) throw new SyntaxError(`Cannot read "${key}": expected SHA-256 ${expected}, got ${got}`);
  const { tensors, metadata } = decodeSafetensors(bytes);
  return { step, tensors: unflattenWeights(tensors), meta: JSON.parse(metadata.meta ?? "null") };
}

/**
 * Reads a run's newest checkpoint that is whole.
 *
 * Each is verified by its SHA-256; a damaged one is skipped in favour of the one before it and named in `damaged`.
 *
 * @param store Where the run is.
 * @param tenant Whose run.
 * @param runId The run.
 * @returns The checkpoint, or null when the run has none.
 * @throws {SyntaxError} When the run has checkpoints and all are damaged, naming each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { latestCheckpoint, memoryStore } from "./mod.ts";
 * assertEquals(await latestCheckpoint(memoryStore(), "default", "run1"), null);
 * ```
 */
export async function latestCheckpoint(store: ObjectStore, tenant: string, runId: string): Promise<Checkpoint | null> {
  const prefix = `${checkpointPrefix(tenant, runId)}/manifest`;
  const damaged: string[] = [];
  for (const number of (await manifestNumbers(store, prefix)).reverse()) {
    try {
      return { ...await read(store, manifestKey(prefix, number)), damaged };
    } catch (error) {
      // Damage is skipped; a store that cannot be read is not.
      if (!(error instanceof SyntaxError)) throw error;
      damaged.push(error.message);
    }
  }
  if (damaged.length === 0) return null;
  throw new SyntaxError(`Cannot resume run "${runId}": every checkpoint is damaged: ${damaged.join("; ")}`);
}
