import { ALGORITHMS, type Config, innerStepsOf } from "../config/mod.ts";
import { type ClipSet, type Episode, sampleEpisode } from "../data/mod.ts";
import { adam, type AdamState, clipByGlobalNorm } from "../meta/mod.ts";
import { shuffledLabels } from "./_shuffled_labels.ts";
import { stepWeights } from "./_step_weights.ts";
import { createRandom, type Random } from "../random/mod.ts";
import type { StoredTensor } from "../storage/mod.ts";
import { mapTree, type Tree, zipTrees } from "../tree/mod.ts";
import type { GradientResult, Job, JobRunner, Theta } from "./_jobs.ts";
import { drawFlips } from "./_draw_flips.ts";
import { microClips } from "./_micro_clips.ts";

/** One outer step, as the learning curve shows it. */
export interface HistoryRow {
  /** Outer steps done. */
  readonly step: number;
  /** Mean outer loss and accuracy over the step's tasks. */
  readonly loss: number;
  readonly accuracy: number;
  /** Norm of the outer gradient before clipping. */
  readonly gradientNorm: number;
}

/** How θ did on validation subjects, and the best so far. */
export interface Selection {
  /** UF1 of each θ that was scored, 0 to 1. */
  readonly curve: readonly ScoredStep[];
  /** The first of those with the highest score. */
  readonly best: ScoredStep & { readonly theta: Theta };
}

/** The score of a step's θ on validation subjects. */
export interface ScoredStep {
  readonly step: number;
  readonly score: number;
}

/** All that an outer step reads and writes. */
export interface TrainState {
  readonly step: number;
  readonly theta: Theta;
  readonly moments: { readonly params: AdamState; readonly rates: AdamState | null };
  readonly history: readonly HistoryRow[];
  /** One for each way of scoring; none without validation subjects, or before the first score. */
  readonly selections: readonly Selection[];
}

/** Thrown when a loss or gradient is no number; carries what is needed to replay the step. */
export class DivergedError extends Error {
  override name = "DivergedError";
  constructor(message: string, readonly step: number, readonly episodes: readonly unknown[]) {
    super(message);
  }
}

/** The numbers of tensors at rest. */
export function arraysOf(tensors: Tree<StoredTensor>): Tree<Float32Array> {
  return mapTree(tensors, (tensor) => tensor.data as Float32Array);
}

function withArrays(tensors: Tree<StoredTensor>, arrays: Tree<Float32Array>): Tree<StoredTensor> {
  return zipTrees(tensors, arrays, (tensor, data): StoredTensor => ({ ...tensor, data }));
}

/** Mean of gradients, added up in task order so that the number of workers does not matter. */
function meanGradient(gradients: readonly Tree<Float32Array>[]): Tree<Float32Array> {
  const sum = mapTree(gradients[0]!, (array) => Float64Array.from(array));
  for (const gradient of gradients.slice(1)) {
    zipTrees(sum, gradient, (into, array) => array.forEach((value, i) => into[i]! += value));
  }
  return mapTree(sum, (array) => Float32Array.from(array, (value) => value / gradients.length));
}

/** (1 − u) times the mean over tasks plus u times the mean over mixed batches. */
function weighted(
  tasks: readonly Tree<Float32Array>[],
  mixed: readonly Tree<Float32Array>[],
  share: number,
): Tree<Float32Array> {
  if (tasks.length === 0) return meanGradient(mixed);
  if (mixed.length === 0) return meanGradient(tasks);
  return zipTrees(
    meanGradient(tasks),
    meanGradient(mixed),
    (a, b) => a.map((value, i) => (1 - share) * value + share * b[i]!),
  );
}

/** β of a step: constant, or falling to zero along half a cosine. */
function outerRate(config: Config, step: number): number {
  return config.schedule === "constant"
    ? config.beta
    : config.beta * 0.5 * (1 + Math.cos(Math.PI * step / config.outerSteps));
}

/** Macro clips of all classes, from any training subject, for an auxiliary loss outside tasks. */
function mixedMacros(config: Config, set: ClipSet, subjects: readonly number[], random: Random): number[] {
  if (config.algorithm !== "multitask" || config.macro === "magnify") return [];
  const allowed = new Set(subjects);
  return [...set.classes.keys()].flatMap((label) => {
    const clips = [...set.labels.keys()].filter((i) =>
      set.kinds[i] === "macro" && set.labels[i] === label && allowed.has(set.subjects[i]!)
    );
    return random.shuffle(clips).slice(0, config.macros);
  });
}

/** As many clips as a task has, drawn from all training subjects: one for each task of a step. */
function mixedJobs(config: Config, set: ClipSet, subjects: readonly number[], { step, theta }: TrainState) {
  const micro = microClips(set, subjects);
  const count = Math.min(micro.length, (config.shots + config.queries) * set.classes.length);
  return Array.from({ length: config.tasksPerStep }, (_, task): Extract<Job, { kind: "supervised" }> => {
    const random = createRandom(config.seed, "mixed", step, task);
    const clips = random.shuffle(micro).slice(0, count);
    const macro = mixedMacros(config, set, subjects, random);
    const flipped = drawFlips(config, [...clips, ...macro], { of: "mixed", step, task });
    return { kind: "supervised", theta, clips, macro, flipped };
  });
}

/** The tasks of one outer step. */
function taskJobs(config: Config, set: ClipSet, subjects: readonly number[], { step, theta }: TrainState) {
  return Array.from({ length: config.tasksPerStep }, (_, task): Extract<Job, { kind: "meta" }> => {
    const random = createRandom(config.seed, "episode", step, task);
    const { ways, shots, queries, macros, episodes: scope } = config;
    const episode: Episode = sampleEpisode(set, subjects, { ways, shots, queries, macros, scope }, random);
    const labelOrder = config.shuffleLabels ? shuffledLabels(set, episode, random) : null;
    return {
      kind: "meta",
      theta,
      episode,
      flipped: drawFlips(config, [...episode.support, ...episode.query, ...episode.macro], {
        of: "episode",
        step,
        task,
      }),
      firstOrder: config.firstOrder || step < config.warmupSteps,
      labelOrder,
      stepWeights: config.multiStepLoss
        ? stepWeights(innerStepsOf(config), step / Math.max(1, config.outerSteps))
        : null,
    };
  });
}

/** Stops a run that has diverged, before it touches θ. */
function checkFinite(step: number, jobs: readonly Job[], results: readonly GradientResult[], norm: number): void {
  if (results.every((result) => Number.isFinite(result.loss)) && Number.isFinite(norm)) return;
  const episodes = jobs.map((job) => job.kind === "meta" ? job.episode : job.kind === "supervised" ? job.clips : null);
  throw new DivergedError(
    `Cannot go on: expected finite losses and gradients, got loss ${
      results.map((r) => r.loss)
    } and norm ${norm} at step ${step + 1}; lower alpha or beta, or set clipNorm`,
    step,
    episodes,
  );
}

/**
 * One outer step: θ ← θ − β Adam(∇θ [(1 − u) (1/N) Σ L_pri(D_i^q; θ_i′) + u L_pri(mixed clips; θ)]).
 *
 * Source: paper, Algorithm 1.
 */
export async function outerStep(
  config: Config,
  set: ClipSet,
  subjects: readonly number[],
  runner: JobRunner,
  state: TrainState,
): Promise<TrainState> {
  // The share u of the objective is plain supervised learning at θ; all of it for the supervised baseline.
  const share = ALGORITHMS[config.algorithm].training === "supervised" ? 1 : config.uncalibratedWeight;
  const tasks = share < 1 ? taskJobs(config, set, subjects, state) : [];
  const mixed = share > 0 ? mixedJobs(config, set, subjects, state) : [];
  const jobs = [...tasks, ...mixed];
  const results = await runner.run<"meta" | "supervised">(jobs) as GradientResult[];
  const own = results.slice(0, tasks.length);
  const both: Record<string, Tree<Float32Array>> = {
    params: weighted(
      own.map((result) => result.params),
      results.slice(tasks.length).map((result) => result.params),
      share,
    ),
  };
  const rates = own.map((result) => result.rates);
  if (rates.length > 0 && rates.every((tree) => tree !== null)) both.rates = meanGradient(rates);
  const { gradient, norm } = clipByGlobalNorm(both, config.clipNorm);
  checkFinite(state.step, jobs, results, norm);

  const rate = outerRate(config, state.step);
  const optimizer = adam({ weightDecay: config.weightDecay });
  const params = optimizer.update(
    gradient.params as Tree<Float32Array>,
    state.moments.params,
    arraysOf(state.theta.params),
    rate,
  );
  let theta: Theta = { ...state.theta, params: withArrays(state.theta.params, params.params) };
  let rateMoments = state.moments.rates;
  if (gradient.rates !== undefined && theta.rates !== null && rateMoments !== null) {
    const moved = adam().update(gradient.rates as Tree<Float32Array>, rateMoments, arraysOf(theta.rates), rate);
    theta = { ...theta, rates: withArrays(theta.rates, moved.params) };
    rateMoments = moved.state;
  }
  const shown = tasks.length > 0 ? own : results;
  const mean = (pick: (result: GradientResult) => number) =>
    shown.reduce((sum, result) => sum + pick(result), 0) / shown.length;
  const row: HistoryRow = {
    step: state.step + 1,
    loss: mean((result) => result.loss),
    accuracy: mean((result) => result.accuracy),
    gradientNorm: norm,
  };
  return {
    step: state.step + 1,
    theta,
    moments: { params: params.state, rates: rateMoments },
    history: [...state.history, row],
    selections: state.selections,
  };
}
