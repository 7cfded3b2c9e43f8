import { createHash } from "node:crypto";
import { z } from "zod";
import type { Config } from "../config/mod.ts";
import { type ClipSet, gatherClips, type SubjectSplit } from "../data/mod.ts";
import type { AdamState } from "../meta/mod.ts";
import { latestCheckpoint, type ObjectStore, saveCheckpoint, type StoredTensor } from "../storage/mod.ts";
import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";
import type { TrainState } from "./_meta_train.ts";

const metaSchema = z.object({
  course: z.string(),
  adamStep: z.int().nonnegative(),
  ratesStep: z.int().nonnegative(),
  history: z.array(z.object({ step: z.int(), loss: z.number(), accuracy: z.number(), gradientNorm: z.number() })),
});

/** Settings that may change between the parts of a run without changing its course. */
const FREE: readonly (keyof Config)[] = ["checkpointEvery", "keepCheckpoints"];

/** JSON with the names of records sorted at every depth. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, node) =>
      typeof node === "object" && node !== null && !Array.isArray(node)
        ? Object.fromEntries(Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1)))
        : node,
  );
}

/**
 * Identifies all that decides the course of a run: configuration, clips and who is held out. A run continues only on its
 * own course: with other clips, subjects it was trained on could turn up among those held out.
 */
export async function courseOf(config: Config, set: ClipSet, split: SubjectSplit): Promise<string> {
  const decisive = Object.fromEntries(Object.entries(config).filter(([key]) => !FREE.includes(key as keyof Config)));
  const { ids, kinds, classes, subjectNames } = set;
  const facts = canonical({
    config: decisive,
    split,
    ids,
    kinds,
    classes,
    subjectNames,
    labels: [...set.labels],
    subjects: [...set.subjects],
    clips: digestOf(set),
  });
  return await sha256(new TextEncoder().encode(facts));
}

/** Stands for the clips' content. A packed file carries its own digest, so that it need not be read whole. */
function digestOf(set: ClipSet): string {
  const { clips } = set;
  if ("path" in clips && clips.digest !== null) return clips.digest;
  const whole = createHash("sha256");
  if ("parts" in clips && clips.parts.every((part) => "path" in part && part.digest !== null)) {
    const digests = clips.parts.map((part) => "path" in part && part.digest);
    return whole.update(JSON.stringify([digests, [...clips.part], [...clips.index]])).digest("hex");
  }
  set.ids.forEach((_, i) => whole.update(createHash("sha256").update(gatherClips(set, [i])).digest("hex")));
  return whole.digest("hex");
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
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
export async function saveState(
  { store, tenant, runId }: RunKey,
  { course, keep }: { readonly course: string; readonly keep: number },
  state: TrainState,
): Promise<void> {
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
  const meta = {
    course,
    adamStep: moments.params.step,
    ratesStep: moments.rates?.step ?? 0,
    history: state.history,
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
  };
}
