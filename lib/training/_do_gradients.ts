import * as tf from "@tensorflow/tfjs-core";
import { add, gradients, scale, sumTo, type Value, variable } from "../autodiff/mod.ts";
import { ALGORITHMS, type Config, innerRateOf, innerStepsOf } from "../config/mod.ts";
import { magnifyClips } from "../data/mod.ts";
import { architectureOf, toTensors } from "../inference/mod.ts";
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
import { readTensors } from "../runtime/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import { gatherTrainingClips } from "./_gather_training_clips.ts";
import type { GradientResult, Job, RunnerSetup, Theta } from "./_jobs.ts";
import { labelsOf } from "./_labels_of.ts";
import { uploadClips } from "./_upload_clips.ts";

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

/** Reads results back, frees their tensors and tells the jobs apart. */
async function collect(out: Outcome, labels: readonly (readonly number[])[]): Promise<GradientResult[]> {
  const params = flattenTree(out.params);
  const rates = out.rates === null ? [] : flattenTree(out.rates);
  const tensors = [...params.map(([, tensor]) => tensor), ...rates.map(([, tensor]) => tensor), out.loss, out.logits];
  const arrays = await readTensors(tensors);
  tf.dispose(tensors);
  return labels.map((own, job) => {
    const part = (i: number) => {
      const all = arrays[i]!;
      const size = all.length / labels.length;
      return labels.length === 1 ? all : all.slice(job * size, (job + 1) * size);
    };
    const tree = (leaves: typeof params, first: number) =>
      unflattenTree(leaves.map(([path], i): [string, Float32Array] => [path, part(first + i)]));
    return {
      params: tree(params, 0),
      rates: out.rates && tree(rates, params.length),
      loss: part(tensors.length - 2)[0]!,
      accuracy: accuracyOf(part(tensors.length - 1), own),
    };
  });
}

/** The settled class weights. */
function weightsOf({ classWeights }: Config): number[] | undefined {
  return Array.isArray(classWeights) ? classWeights : undefined;
}

/** `tf.tidy` for a record of tensors of any nesting. */
function tidyRecord<T extends object>(make: () => T): T {
  return tf.tidy(make as unknown as () => tf.TensorContainer) as unknown as T;
}

/** The algorithm's gradient of one task, or of several. */
function taskGradient(theta: Theta, clips: TaskClips, options: MetaOptions, config: Config): TaskGradient {
  const params = toTensors(theta.params);
  switch (ALGORITHMS[config.algorithm].training) {
    case "metric":
      return metricGradient(params, clips, options);
    case "reptile":
      return reptileGradient(params, clips, options);
    default:
      return metaGradient(params, clips, options, theta.rates === null ? undefined : toTensors(theta.rates));
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

/** Clips of several jobs as one tensor; null where the jobs have none. */
function uploadAll(setup: RunnerSetup, parts: readonly (Uint8Array | null)[]): Value | null {
  const [first] = parts;
  if (first === null || first === undefined) return null;
  if (parts.length === 1) return uploadClips(setup.set, first);
  const all = new Uint8Array(first.length * parts.length);
  parts.forEach((part, job) => all.set(part!, job * first.length));
  return uploadClips(setup.set, all);
}

function metaJobs(setup: RunnerSetup, jobs: readonly MetaJob[]): Promise<GradientResult[]> {
  const { config, set } = setup;
  const [{ theta, firstOrder, stepWeights }] = jobs as [MetaJob];
  const labels = (part: "support" | "query") =>
    jobs.map(({ episode, labelOrder }) => labelsOf(set, episode[part], labelOrder));
  const queryLabels = labels("query");
  const weights = weightsOf(config);
  const out = tidyRecord((): Outcome => {
    const gather = (part: "support" | "query") =>
      jobs.map(({ episode, flipped }) => gatherTrainingClips(setup, episode[part], flipped));
    const support = gather("support");
    const macro = uploadAll(
      setup,
      jobs.map(({ episode, flipped }, i) => macroOf(setup, support[i]!, episode.macro, flipped)),
    );
    const result = taskGradient(theta, {
      tasks: jobs.length,
      support: uploadAll(setup, support)!,
      supportLabels: labels("support").flat(),
      query: uploadAll(setup, gather("query")),
      queryLabels: queryLabels.flat(),
      macro,
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
  });
  return collect(out, queryLabels);
}

function supervisedJobs(setup: RunnerSetup, jobs: readonly SupervisedJob[]): Promise<GradientResult[]> {
  const { config, set } = setup;
  const tasks = jobs.length;
  const labels = jobs.map(({ clips }) => labelsOf(set, clips));
  const weights = weightsOf(config);
  const out = tidyRecord((): Outcome => {
    const architecture = architectureOf(config, set.classes.length);
    const params = mapTree(repeatTree(toTensors(jobs[0]!.theta.params), tasks), variable);
    const micro = jobs.map(({ clips, flipped }) => gatherTrainingClips(setup, clips, flipped));
    const macro = config.algorithm === "multitask"
      ? uploadAll(setup, jobs.map((job, i) => macroOf(setup, micro[i]!, job.macro, job.flipped)))
      : null;
    const { logits, auxiliary } = forward(architecture, params, uploadAll(setup, micro)!, {
      want: { logits: true, auxiliary: macro !== null },
    });
    const primary = crossEntropy(logits!, labels.flat(), { tasks, ...(weights && { classWeights: weights }) });
    let loss = primary;
    if (macro !== null) {
      const { lambda1, lambda2, sigma, aux } = config;
      const others = forward(architecture, params, macro, { want: { auxiliary: true } }).auxiliary;
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
  return collect(out, labels);
}

/** Does jobs of one kind and of equal shapes together: see {@linkcode groupJobs}. */
export function doGradients(setup: RunnerSetup, jobs: readonly GradientJob[]): Promise<GradientResult[]> {
  return jobs[0]!.kind === "meta"
    ? metaJobs(setup, jobs as readonly MetaJob[])
    : supervisedJobs(setup, jobs as readonly SupervisedJob[]);
}
