import * as z from "zod";
import type { AdamState } from "../meta/mod.ts";
import { latestCheckpoint, type ObjectStore, saveCheckpoint, type StoredTensor } from "../storage/mod.ts";
import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";
import type { TrainState } from "./_meta_train.ts";

const metaSchema = z.object({
  course: z.string(),
  adamStep: z.int().nonnegative(),
  ratesStep: z.int().nonnegative(),
  history: z.array(z.object({ step: z.int(), loss: z.number(), accuracy: z.number(), gradientNorm: z.number() })),
  selections: z.array(z.object({
    curve: z.array(z.object({ step: z.int(), score: z.number() })),
    step: z.int(),
    score: z.number(),
  })).default([]),
});

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
export async function saveState(
  { store, tenant, runId }: RunKey,
  { course, keep }: { readonly course: string; readonly keep: number },
  state: TrainState,
): Promise<void> {
  const { theta, moments, selections } = state;
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
  selections.forEach(({ best }, i) => {
    tensors[`selected${i}`] = best.theta.params;
    if (best.theta.rates !== null) tensors[`selected${i}Rates`] = best.theta.rates;
  });
  const meta = {
    course,
    adamStep: moments.params.step,
    ratesStep: moments.rates?.step ?? 0,
    history: state.history,
    selections: selections.map(({ curve, best: { step, score } }) => ({ curve, step, score })),
  };
  await saveCheckpoint(store, tenant, runId, state.step, { tensors, meta }, keep);
}

/** The state of a run's newest intact checkpoint, or null; tells of each damaged one that it passes over. */
export async function loadState(
  { store, tenant, runId }: RunKey,
  course: string,
  tell: (message: string) => void,
): Promise<TrainState | null> {
  const checkpoint = await latestCheckpoint(store, tenant, runId);
  if (checkpoint === null) return null;
  for (const damage of checkpoint.damaged) tell(`a damaged checkpoint is passed over: ${damage}`);
  const parsed = metaSchema.safeParse(checkpoint.meta);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new SyntaxError(`Cannot resume run ${runId}: checkpoint field ${issue.path.join(".")}: ${issue.message}`);
  }
  const meta = parsed.data;
  if (meta.course !== course) {
    throw new RangeError(
      `Cannot resume run ${runId}: its configuration, clips or held-out subjects are not those of its checkpoint`,
    );
  }
  const branch = (name: string) => checkpoint.tensors[name] as Tree<StoredTensor> | undefined;
  const moments = (step: number, first: string, second: string): AdamState => ({
    step,
    first: mapTree(branch(first)!, (tensor) => tensor.data as Float32Array),
    second: mapTree(branch(second)!, (tensor) => tensor.data as Float32Array),
  });
  const rates = branch("rates") ?? null;
  return {
    step: checkpoint.step,
    theta: { params: branch("params")!, rates },
    moments: {
      params: moments(meta.adamStep, "first", "second"),
      rates: rates && moments(meta.ratesStep, "ratesFirst", "ratesSecond"),
    },
    history: meta.history,
    selections: meta.selections.map(({ curve, step, score }, i) => ({
      curve,
      best: { step, score, theta: { params: branch(`selected${i}`)!, rates: branch(`selected${i}Rates`) ?? null } },
    })),
  };
}
