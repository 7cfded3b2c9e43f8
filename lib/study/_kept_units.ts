import * as tf from "@tensorflow/tfjs-core";
import type { ClipSet } from "../data/mod.ts";
import type { ObjectStore } from "../storage/mod.ts";
import { unitKeys } from "./_unit_key.ts";
import { unitResultSchema } from "./_unit_result_schema.ts";
import type { StudyPlan, Unit, UnitResult } from "./types.ts";

/** Where finished units are kept, and what ends the reading. */
export interface KeptUnitsOptions {
  readonly store: ObjectStore;
  readonly tenant: string;
  readonly signal: AbortSignal;
}

/** A unit's kept result, or null when there is none that can be read and fits. */
async function readKept(store: ObjectStore, key: string, unit: Unit): Promise<UnitResult | null> {
  const bytes = await store.get(key);
  if (bytes === null) return null;
  try {
    const result = unitResultSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return "failed" in result || result.evaluations.length === unit.evaluations.length ? result : null;
  } catch {
    return null; // done again and replaced
  }
}

/** The store's key of every unit of a plan on the current backend, and what is kept under it. */
export async function keptUnits(
  plan: StudyPlan,
  set: ClipSet,
  { store, tenant, signal }: KeptUnitsOptions,
): Promise<{ readonly key: string; readonly result: UnitResult | null }[]> {
  const keyOf = await unitKeys(set, tenant, tf.getBackend());
  const kept: { key: string; result: UnitResult | null }[] = [];
  for (const unit of plan.units) {
    signal.throwIfAborted();
    const key = await keyOf(unit);
    kept.push({ key, result: await readKept(store, key, unit) });
  }
  return kept;
}
