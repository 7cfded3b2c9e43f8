import type * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, scale, sumTo, type Value, variable } from "../autodiff/mod.ts";
import { ALGORITHMS, type Config, innerRateOf, innerStepsOf } from "../config/mod.ts";
import { magnifyClips } from "../data/mod.ts";
import { architectureOf } from "../inference/mod.ts";
import {
  metaGradient,
  type MetaOptions,
  metricGradient,
  repeatTree,
  reptileGradient,
  type TaskClips,
  type TaskGradient,
} from "../meta/mod.ts";
import { crossEntropy, forward, mmd2 } from "../model/mod.ts";
import { type Compute, type ComputeInput, computeOnce } from "../runtime/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { gatherTrainingClips } from "./_gather_training_clips.ts";
import type { GradientResult, Job, RunnerSetup, Theta } from "./_jobs.ts";
import { labelsOf } from "./_labels_of.ts";
import { clipInput } from "./_upload_clips.ts";

/** A job whose result is a gradient. */
export type GradientJob = Extract<Job, { kind: "meta" | "supervised" }>;

type MetaJob = Extract<Job, { kind: "meta" }>;
type SupervisedJob = Extract<Job, { kind: "supervised" }>;

function accuracyOf(logits: Float32Array, labels: readonly number[]): number {
  const n = logits.length / labels.length;
  const right = labels.filter((label, i) => {
    const row = logits.subarray(i * n, (i + 1) * n);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}

/** Gradients, losses and logits of jobs done together, those of one after those of another. */
interface Outcome {
  readonly params: Tree<tf.Tensor>;
  readonly rates: Tree<tf.Tensor> | null;
  readonly loss: tf.Tensor;
  readonly logits: tf.Tensor;
}

/** What jobs done together are done on. */
interface GradientInputs {
  readonly theta: Theta;
  /** Clips of all jobs, those of one after those of another; null where there are none. */
  readonly clips: readonly (ComputeInput | null)[];
  /** The labels of each job whose accuracy is told. */
  readonly labels: readonly (readonly number[])[];
  /** All that the computation depends on beside numbers on the device and the settings of the run. */
  readonly key: unknown;
}

/** A tree's leaves as a computation takes them. */
const inputsOf = (tree: Tree<StoredTensor>): ComputeInput[] =>
  flattenTree(tree).map(([, { shape, data }]) => ({ shape, data: data as Float32Array }));

/** Computes gradients of jobs done together, reads them back and tells the jobs apart. */
async function collect(
  compute: Compute,
  { theta, clips, labels, key }: GradientInputs,
  gradient: (params: Tree<tf.Tensor>, rates: Tree<tf.Tensor> | null, clips: readonly (Value | null)[]) => Outcome,
): Promise<GradientResult[]> {
  const paths = (tree: Tree<unknown>) => flattenTree(tree).map(([path]) => path);
  const params = paths(theta.params);
  const rates = theta.rates === null ? [] : paths(theta.rates);
  const given = clips.filter((part) => part !== null);
  const inputs = [...inputsOf(theta.params), ...(theta.rates === null ? [] : inputsOf(theta.rates)), ...given];
  const shapes = clips.map((part) => part && part.shape);
  const arrays = await compute(JSON.stringify([shapes, labels, key]), inputs, (tensors) => {
    const rest = [...tensors];
    const tree = (names: readonly string[]) =>
      unflattenTree(names.map((path): [string, tf.Tensor] => [path, rest.shift()!]));
    const out = gradient(
      tree(params),
      theta.rates && tree(rates),
      clips.map((part) => part && constant(rest.shift()!)),
    );
    const leaves = [out.params, out.rates ?? {}].flatMap((part) => flattenTree(part).map(([, tensor]) => tensor));
    return [out.loss, out.logits, ...leaves];
  });
  return labels.map((own, job) => {
    const part = (i: number) => {
      const all = arrays[i]!;
      const size = all.length / labels.length;
      return labels.length === 1 ? all : all.slice(job * size, (job + 1) * size);
    };
    const tree = (names: readonly string[], first: number) =>
      unflattenTree(names.map((path, i): [string, Float32Array] => [path, part(first + i)]));
    return {
      params: tree(params, 2),
      rates: arrays.length > 2 + params.length ? tree(rates, 2 + params.length) : null,
      loss: part(0)[0]!,
      accuracy: accuracyOf(part(1), own),
    };
  });
}

/** The settled class weights. */
function weightsOf({ classWeights }: Config): number[] | undefined {
  return Array.isArray(classWeights) ? classWeights : undefined;
}

/** The algorithm's gradient of one task, or of several. */
function taskGradient(
  params: Tree<tf.Tensor>,
  rates: Tree<tf.Tensor> | null,
  clips: TaskClips,
  options: MetaOptions,
  config: Config,
): TaskGradient {
  switch (ALGORITHMS[config.algorithm].training) {
    case "metric":
      return metricGradient(params, clips, options);
    case "reptile":
      return reptileGradient(params, clips, options);
    default:
      return metaGradient(params, clips, options, rates ?? undefined);
  }
}

/** The macro clips of an auxiliary loss: the micro clips magnified, those named, or none. */
function macroOf(
  setup: RunnerSetup,
  micro: Uint8Array,
  indices: readonly number[],
  flipped: readonly number[],
): Uint8Array | null {
  const { config, set } = setup;
  if (config.lambda2 === 0 || config.macro === "none") return null;
  if (config.macro === "magnify") return magnifyClips(micro, set.recipe, config.magnify);
  return indices.length > 0 ? gatherTrainingClips(setup, indices, flipped) : null;
}

/** Clips of several jobs as one array; null where the jobs have none. */
function joined(setup: RunnerSetup, parts: readonly (Uint8Array | null)[]): ComputeInput | null {
  const [first] = parts;
  if (first === null || first === undefined) return null;
  if (parts.length === 1) return clipInput(setup.set, first);
  const all = new Uint8Array(first.length * parts.length);
  parts.forEach((part, job) => all.set(part!, job * first.length));
  return clipInput(setup.set, all);
}

function metaJobs(setup: RunnerSetup, jobs: readonly MetaJob[], compute: Compute): Promise<GradientResult[]> {
  const { config, set } = setup;
  const [{ theta, firstOrder, stepWeights }] = jobs as [MetaJob];
  const labelsIn = (part: "support" | "query") =>
    jobs.map(({ episode, labelOrder }) => labelsOf(set, episode[part], labelOrder));
  const gather = (part: "support" | "query") =>
    jobs.map(({ episode, flipped }) => gatherTrainingClips(setup, episode[part], flipped));
  const supportLabels = labelsIn("support").flat();
  const labels = labelsIn("query");
  const micro = gather("support");
  const macros = jobs.map(({ episode, flipped }, i) => macroOf(setup, micro[i]!, episode.macro, flipped));
  const clips = [joined(setup, micro), joined(setup, gather("query")), joined(setup, macros)];
  const weights = weightsOf(config);
  const key = ["meta", supportLabels, firstOrder, stepWeights];
  // Weights that still change come once each: nothing to record.
  const changing = stepWeights !== null && stepWeights.slice(0, -1).some((weight) => weight !== 0);
  return collect(
    changing ? computeOnce : compute,
    { theta, clips, labels, key },
    (params, rates, [support, query, macro]) => {
      const result = taskGradient(params, rates, {
        tasks: jobs.length,
        support: support!,
        supportLabels,
        query: query!,
        queryLabels: labels.flat(),
        macro: macro!,
      }, {
        architecture: architectureOf(config, set.classes.length),
        alpha: innerRateOf(config),
        innerSteps: innerStepsOf(config),
        innerScope: ALGORITHMS[config.algorithm].innerScope,
        firstOrder,
        lambda1: macro === null ? config.lambda1 + config.lambda2 : config.lambda1,
        lambda2: config.lambda2,
        aux: config.aux,
        sigma: config.sigma,
        norm: config.norm,
        ...(weights && { classWeights: weights }),
        ...(stepWeights && { stepWeights }),
      }, config);
      return { params: result.params, rates: result.rates, loss: result.queryLoss, logits: result.queryLogits };
    },
  );
}

function supervisedJobs(
  setup: RunnerSetup,
  jobs: readonly SupervisedJob[],
  compute: Compute,
): Promise<GradientResult[]> {
  const { config, set } = setup;
  const tasks = jobs.length;
  const labels = jobs.map(({ clips }) => labelsOf(set, clips));
  const weights = weightsOf(config);
  const bytes = jobs.map(({ clips, flipped }) => gatherTrainingClips(setup, clips, flipped));
  const macros = config.algorithm === "multitask"
    ? jobs.map((job, i) => macroOf(setup, bytes[i]!, job.macro, job.flipped))
    : [null];
  const inputs = {
    theta: { params: jobs[0]!.theta.params, rates: null },
    clips: [joined(setup, bytes), joined(setup, macros)],
    labels,
    key: "supervised",
  };
  return collect(compute, inputs, (theta, _rates, [micro, macro]) => {
    const architecture = architectureOf(config, set.classes.length);
    const params = mapTree(repeatTree(theta, tasks), variable);
    const { logits, auxiliary } = forward(architecture, params, micro!, {
      want: { logits: true, auxiliary: macro !== null },
    });
    const primary = crossEntropy(logits!, labels.flat(), { tasks, ...(weights && { classWeights: weights }) });
    let loss = primary;
    if (macro !== null) {
      const { lambda1, lambda2, sigma, aux } = config;
      const others = forward(architecture, params, macro!, { want: { auxiliary: true } }).auxiliary;
      loss = scale(primary, lambda1);
      auxiliary.forEach((features, i) => {
        const distance = mmd2(features, others[i]!, { sigma, crossOnly: aux === "cross-kernel", tasks });
        loss = add(loss, scale(distance, lambda2));
      });
    }
    const leaves = flattenTree(params);
    const slopes = gradients(sumTo(loss, []), leaves.map(([, value]) => value));
    return {
      params: unflattenTree(leaves.map(([path], i): [string, tf.Tensor] => [path, slopes[i]!.tensor])),
      rates: null,
      loss: primary.tensor,
      logits: logits!.tensor,
    };
  });
}

/** Does jobs of one kind and of equal shapes together: see {@linkcode groupJobs}. */
export function doGradients(
  setup: RunnerSetup,
  jobs: readonly GradientJob[],
  compute: Compute,
): Promise<GradientResult[]> {
  return jobs[0]!.kind === "meta"
    ? metaJobs(setup, jobs as readonly MetaJob[], compute)
    : supervisedJobs(setup, jobs as readonly SupervisedJob[], compute);
}
