import { z } from "zod";
import type { Config } from "../config/mod.ts";
import type { AdamState } from "../meta/mod.ts";
import { latestCheckpoint, type ObjectStore, saveCheckpoint, type StoredTensor } from "../storage/mod.ts";
import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";
import type { TrainState } from "./_meta_train.ts";

const metaSchema = z.object({
  config: z.unknown(),
  adamStep: z.int().nonnegative(),
  history: z.array(z.object({ step: z.int(), loss: z.number(), accuracy: z.number(), gradientNorm: z.number() })),
});

/** Settings that may change between the parts of a run without changing its course. */
const FREE: readonly (keyof Config)[] = ["checkpointEvery", "keepCheckpoints"];

/** What must agree for a run to continue. */
function courseOf(config: Config): string {
  return JSON.stringify(Object.entries(config).filter(([key]) => !FREE.includes(key as keyof Config)).sort());
}

function shaped(params: Tree<StoredTensor>, arrays: Tree<Float32Array>): Tree<StoredTensor> {
  return zipTrees(params, arrays, (tensor, data): StoredTensor => ({ dtype: "F32", shape: tensor.shape, data }));
}

/** Which run of which tenant. */
export interface RunKey {
  readonly store: ObjectStore;
  readonly tenant: string;
  readonly runId: string;
}

/** Saves all that the next outer step reads. */
export async function saveState({ store, tenant, runId }: RunKey, config: Config, state: TrainState): Promise<void> {
  const { theta, moments } = state;
  const tensors: Record<string, Tree<StoredTensor>> = {
    params: theta.params,
    first: shaped(theta.params, moments.params.first),
    second: shaped(theta.params, moments.params.second),
  };
  if (theta.rates !== null && moments.rates !== null) {
    tensors.rates = theta.rates;
    tensors.ratesFirst = shaped(theta.rates, moments.rates.first);
    tensors.ratesSecond = shaped(theta.rates, moments.rates.second);
  }
  const meta = { config, adamStep: moments.params.step, history: state.history };
  await saveCheckpoint(store, tenant, runId, state.step, { tensors, meta }, config.keepCheckpoints);
}

/** The state of a run's newest intact checkpoint, or null. */
export async function loadState({ store, tenant, runId }: RunKey, config: Config): Promise<TrainState | null> {
  const checkpoint = await latestCheckpoint(store, tenant, runId);
  if (checkpoint === null) return null;
  const meta = metaSchema.parse(checkpoint.meta);
  if (courseOf(meta.config as Config) !== courseOf(config)) {
    throw new RangeError(`Cannot resume run ${runId}: its configuration differs from the one given`);
  }
  const branch = (name: string) => checkpoint.tensors[name] as Tree<StoredTensor> | undefined;
  const moments = (first: string, second: string): AdamState => ({
    step: meta.adamStep,
    first: mapTree(branch(first)!, (tensor) => tensor.data as Float32Array),
    second: mapTree(branch(second)!, (tensor) => tensor.data as Float32Array),
  });
  const rates = branch("rates") ?? null;
  return {
    step: checkpoint.step,
    theta: { params: branch("params")!, rates },
    moments: { params: moments("first", "second"), rates: rates && moments("ratesFirst", "ratesSecond") },
    history: meta.history,
  };
}
