import * as tf from "@tensorflow/tfjs-core";
import { constant, type Value } from "../autodiff/mod.ts";
import { ALGORITHMS, innerStepsOf } from "../config/mod.ts";
import { gatherClips } from "../data/mod.ts";
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
import { type Compute, computeOnce } from "../runtime/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { forward } from "../model/mod.ts";
import { mapTree, type Tree } from "../tree/mod.ts";
import { doGradients } from "./_do_gradients.ts";
import type { EvaluationResult, FeaturesResult, Job, JobResults, RunnerSetup, StatisticsResult } from "./_jobs.ts";
import { labelsOf } from "./_labels_of.ts";
import { uploadClips } from "./_upload_clips.ts";

async function statisticsJob(
  { config, set }: RunnerSetup,
  job: Extract<Job, { kind: "statistics" }>,
): Promise<StatisticsResult> {
  const tensors = tf.tidy(() =>
    forward(
      architectureOf(config, set.classes.length),
      mapTree(toTensors(job.theta.params), constant),
      uploadClips(set, gatherClips(set, job.clips)),
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
      uploadClips(set, gatherClips(set, clips)),
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
      const clips = uploadClips(set, query);
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
  compute?: Compute,
): Promise<JobResults[K]>;
export function doJob(setup: RunnerSetup, job: Job, compute = computeOnce): Promise<JobResults[Job["kind"]]> {
  switch (job.kind) {
    case "meta":
    case "supervised":
      return doGradients(setup, [job], compute).then(([result]) => result!);
    case "statistics":
      return statisticsJob(setup, job);
    case "features":
      return featuresJob(setup, job);
    case "evaluate":
      return evaluateJob(setup, job);
  }
}
