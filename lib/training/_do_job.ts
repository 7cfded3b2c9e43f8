import * as tf from "@tensorflow/tfjs-core";
import { add, constant, gradients, scale, type Value, variable } from "../autodiff/mod.ts";
import { ALGORITHMS, type Config, innerRateOf, innerStepsOf } from "../config/mod.ts";
import { type ClipSet, gatherClips, magnifyClips, toModelInput } from "../data/mod.ts";
import {
  architectureOf,
  createInferenceEngine,
  memoryValues,
  type ModelCard,
  statisticsValues,
  type StoredMemory,
  toTensors,
  type Weights,
} from "../inference/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { gatherTrainingClips } from "./_gather_training_clips.ts";
import {
  metaGradient,
  type MetaOptions,
  metricGradient,
  reptileGradient,
  type TaskClips,
  type TaskGradient,
} from "../meta/mod.ts";
import { crossEntropy, forward, mmd2 } from "../model/mod.ts";
import { flattenTree, mapTree, type Tree, unflattenTree } from "../tree/mod.ts";
import type {
  EvaluationResult,
  FeaturesResult,
  GradientResult,
  Job,
  JobResults,
  RunnerSetup,
  StatisticsResult,
  Theta,
} from "./_jobs.ts";

function upload(set: ClipSet, bytes: Uint8Array): Value {
  const { frames, size, channels } = set.recipe;
  const shape = [bytes.length / (frames * size * size * channels), frames, size, size, channels];
  return constant(tf.tensor(toModelInput(bytes, set.recipe), shape));
}

/** Labels of clips: the set's, or their places in a task with shuffled labels. */
function labelsOf(set: ClipSet, indices: readonly number[], labelOrder: readonly number[] | null = null): number[] {
  return indices.map((index) => labelOrder === null ? set.labels[index]! : labelOrder[set.labels[index]!]!);
}

async function readTree(tensors: Tree<tf.Tensor>): Promise<Tree<Float32Array>> {
  const leaves = flattenTree(tensors);
  const data = await Promise.all(leaves.map(([, tensor]) => tensor.data()));
  return unflattenTree(leaves.map(([path], i): [string, Float32Array] => [path, data[i] as Float32Array]));
}

function accuracyOf(logits: Float32Array, labels: readonly number[]): number {
  const n = logits.length / labels.length;
  const right = labels.filter((label, i) => {
    const row = logits.subarray(i * n, (i + 1) * n);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}

/** Reads a gradient back and frees its tensors. */
async function collect(
  out: { params: Tree<tf.Tensor>; rates: Tree<tf.Tensor> | null; loss: tf.Tensor; logits: tf.Tensor },
  labels: readonly number[],
): Promise<GradientResult> {
  const [params, rates, loss, logits] = await Promise.all([
    readTree(out.params),
    out.rates && readTree(out.rates),
    out.loss.data(),
    out.logits.data(),
  ]);
  mapTree(out.params, (tensor) => tensor.dispose());
  if (out.rates) mapTree(out.rates, (tensor) => tensor.dispose());
  tf.dispose([out.loss, out.logits]);
  return { params, rates, loss: loss[0]!, accuracy: accuracyOf(logits as Float32Array, labels) };
}

/** The settled class weights. */
function weightsOf({ classWeights }: Config): number[] | undefined {
  return Array.isArray(classWeights) ? classWeights : undefined;
}

/** `tf.tidy` for a record of tensors of any nesting. */
function tidyRecord<T extends object>(make: () => T): T {
  return tf.tidy(make as unknown as () => tf.TensorContainer) as unknown as T;
}

/** The algorithm's gradient of one task. */
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

function metaJob(setup: RunnerSetup, job: Extract<Job, { kind: "meta" }>): Promise<GradientResult> {
  const { config, set } = setup;
  const { episode, theta, labelOrder, flipped } = job;
  const labels = (indices: readonly number[]) => labelsOf(set, indices, labelOrder);
  const queryLabels = labels(episode.query);
  const weights = weightsOf(config);
  const out = tidyRecord(() => {
    const support = gatherTrainingClips(setup, episode.support, flipped);
    const macro = macroOf(setup, support, episode.macro, flipped);
    const result = taskGradient(theta, {
      support: upload(set, support),
      supportLabels: labels(episode.support),
      query: upload(set, gatherTrainingClips(setup, episode.query, flipped)),
      queryLabels,
      macro: macro === null ? null : upload(set, macro),
    }, {
      architecture: architectureOf(config, set.classes.length),
      alpha: innerRateOf(config),
      innerSteps: innerStepsOf(config),
      innerScope: ALGORITHMS[config.algorithm].innerScope,
      firstOrder: job.firstOrder,
      lambda1: macro === null ? config.lambda1 + config.lambda2 : config.lambda1,
      lambda2: config.lambda2,
      aux: config.aux,
      sigma: config.sigma,
      norm: config.norm,
      ...(weights && { classWeights: weights }),
      ...(job.stepWeights && { stepWeights: job.stepWeights }),
    }, config);
    return { params: result.params, rates: result.rates, loss: result.queryLoss, logits: result.queryLogits };
  });
  return collect(out, queryLabels);
}

function supervisedJob(setup: RunnerSetup, job: Extract<Job, { kind: "supervised" }>): Promise<GradientResult> {
  const { config, set } = setup;
  const labels = labelsOf(set, job.clips);
  const weights = weightsOf(config);
  const out = tidyRecord(() => {
    const architecture = architectureOf(config, set.classes.length);
    const params = mapTree(toTensors(job.theta.params), variable);
    const micro = gatherTrainingClips(setup, job.clips, job.flipped);
    const macro = config.algorithm === "multitask" ? macroOf(setup, micro, job.macro, job.flipped) : null;
    const { logits, auxiliary } = forward(architecture, params, upload(set, micro), {
      want: { logits: true, auxiliary: macro !== null },
    });
    const primary = crossEntropy(logits!, labels, weights ? { classWeights: weights } : {});
    let loss = primary;
    if (macro !== null) {
      const { lambda1, lambda2, sigma, aux } = config;
      const others = forward(architecture, params, upload(set, macro), { want: { auxiliary: true } }).auxiliary;
      loss = scale(primary, lambda1);
      auxiliary.forEach((features, i) => {
        loss = add(loss, scale(mmd2(features, others[i]!, { sigma, crossOnly: aux === "cross-kernel" }), lambda2));
      });
    }
    const leaves = flattenTree(params);
    const slopes = gradients(loss, leaves.map(([, value]) => value));
    return {
      params: unflattenTree(leaves.map(([path], i): [string, tf.Tensor] => [path, slopes[i]!.tensor])),
      rates: null,
      loss: primary.tensor,
      logits: logits!.tensor,
    };
  });
  return collect(out, labels);
}

async function statisticsJob(
  { config, set }: RunnerSetup,
  job: Extract<Job, { kind: "statistics" }>,
): Promise<StatisticsResult> {
  const tensors = tf.tidy(() =>
    forward(
      architectureOf(config, set.classes.length),
      mapTree(toTensors(job.theta.params), constant),
      upload(set, gatherClips(set, job.clips)),
      { want: {} },
    ).statistics.map((value) => value.tensor)
  );
  const layers = await Promise.all(
    tensors.map(async (tensor) => ({ channels: tensor.shape[1]!, data: await tensor.data() as Float32Array })),
  );
  tf.dispose(tensors);
  return { clips: job.clips.length, layers };
}

/** Features under given statistics. */
async function featuresJob(
  { config, set }: RunnerSetup,
  { theta, stats, clips }: Extract<Job, { kind: "features" }>,
): Promise<FeaturesResult> {
  const features = tf.tidy(() =>
    forward(
      architectureOf(config, set.classes.length),
      mapTree(toTensors(theta.params), constant),
      upload(set, gatherClips(set, clips)),
      { statistics: statisticsValues(stats, config.backbone), want: { features: true } },
    ).features!.tensor
  );
  const data = await features.data() as Float32Array;
  const width = features.shape[1]!;
  features.dispose();
  return { rows: clips.map((_, i) => data.slice(i * width, (i + 1) * width)) };
}

/** Predictions of clips normalised by their own batch; the functions never predict so. */
async function predictTransductively(weights: Weights, card: ModelCard, clips: Value): Promise<number[]> {
  const { params, memory } = weights as { params: Tree<StoredTensor>; memory?: StoredMemory };
  const architecture = architectureOf(card.config, card.classes.length);
  const best = tf.tidy(() => {
    const known = memoryValues(memory, architecture);
    const { logits } = forward(architecture, mapTree(toTensors(params), constant), clips, {
      ...(known && { memory: known }),
      want: { logits: true },
    });
    return tf.argMax(logits!.tensor, 1);
  });
  const indices = Array.from(await best.data());
  best.dispose();
  return indices;
}

/** Calibrates and predicts by the very code of the adapt and predict functions; `norm: transductive` predicts apart. */
async function evaluateJob(
  { config, set }: RunnerSetup,
  { weights, card, episode, labelOrder, innerSteps = innerStepsOf(card.config) }: Extract<Job, { kind: "evaluate" }>,
): Promise<EvaluationResult> {
  const engine = createInferenceEngine();
  const n = card.classes.length;
  const query = gatherClips(set, episode.query);
  /** The best classes, and probabilities `[Q, N]` where each clip is predicted on its own. */
  const predict = async (by: typeof weights, calibrated: boolean) => {
    if (config.norm === "transductive") {
      const clips = upload(set, query);
      const best = await predictTransductively(by, card, clips).finally(() => clips.tensor.dispose());
      return { best, probabilities: null };
    }
    const predictor = await engine.createPredictor(by, card, { calibrated });
    try {
      const probabilities = await predictor.predict(query);
      const best = episode.query.map((_, i) => {
        const row = probabilities.subarray(i * n, (i + 1) * n);
        return row.indexOf(Math.max(...row));
      });
      return { best, probabilities };
    } finally {
      predictor.dispose();
    }
  };
  const before = await predict(weights, false);
  const indices = [...episode.support, ...episode.macro];
  const changes = innerSteps > 0 || ALGORITHMS[card.config.algorithm].training === "metric";
  const calibrated = changes && episode.support.length > 0;
  const after = !calibrated ? before : await predict(
    (await engine.calibrate(weights, card, {
      clips: gatherClips(set, indices),
      labels: labelsOf(set, indices, labelOrder),
      kinds: indices.map((index) => set.kinds[index]!),
    }, { innerSteps })).weights,
    true,
  );
  const [p, q] = [before.probabilities, after.probabilities];
  return {
    subject: episode.subject,
    truth: labelsOf(set, episode.query, labelOrder),
    before: before.best,
    after: after.best,
    calibrated,
    probabilities: p && q && { before: p, after: q },
  };
}

/** Does one job on the current backend. */
export function doJob<K extends Job["kind"]>(
  setup: RunnerSetup,
  job: Extract<Job, { kind: K }>,
): Promise<JobResults[K]>;
export function doJob(setup: RunnerSetup, job: Job): Promise<JobResults[Job["kind"]]> {
  switch (job.kind) {
    case "meta":
      return metaJob(setup, job);
    case "supervised":
      return supervisedJob(setup, job);
    case "statistics":
      return statisticsJob(setup, job);
    case "features":
      return featuresJob(setup, job);
    case "evaluate":
      return evaluateJob(setup, job);
  }
}
