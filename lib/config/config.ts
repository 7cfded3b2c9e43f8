import * as z from "zod";
import { type Algorithm, ALGORITHMS } from "./algorithms.ts";

const positive = z.number().positive();
const count = z.int().positive();
const algorithms = Object.keys(ALGORITHMS) as Algorithm[];

/** Whether clips are stored as flow that the recipe does not know of. */
function isStoredFlow(augment: string): boolean {
  return augment.startsWith("flip-flow-");
}

/**
 * The configuration of a training run: the `--config` file, `--set`, the body of `POST /v1/train/runs` and
 * `config` in model.json are this object. Names are the method's; defaults are the `default` preset.
 */
export const configSchema = z.strictObject({
  algorithm: z.enum(algorithms).default("lightman").describe(
    algorithms.map((name) => `${name}: ${ALGORITHMS[name].summary}`).join("; "),
  ),
  seed: z.int().nonnegative().default(0).describe("root of every random stream"),

  data: z.string().default("synthetic").describe("synthetic, a packed FILE.safetensors, or a manifest.csv"),
  synthetic: z.strictObject({
    seed: z.int().nonnegative().default(0).describe("seed of the data set"),
    rho: z.number().min(0).max(1).default(0.6).describe("strength of individual differences"),
    trainSubjects: count.default(24),
    holdoutSubjects: count.default(12),
  }).prefault({}),
  macro: z.string().default("data").describe("where macro clips come from: data, FILE, magnify, none"),
  magnify: positive.default(6).describe("k of macro: magnify, frame' = onset + k (frame - onset)"),
  holdout: z.union([z.number().gt(0).lt(1), z.array(z.string()).min(1)]).nullable().default(null).describe(
    "held-out subjects: a fraction of them, or a list of database/subject; null: synthetic data's own, else a third",
  ),

  frames: count.default(8).describe("M, frames a clip"),
  size: count.default(32).describe("H = W, pixels"),
  inputChannels: z.union([z.literal(1), z.literal(3)]).default(1),
  input: z.enum(["frames", "difference", "flow"]).default("difference").describe(
    "frames as they are, each minus the first, or optical flow (u, v, strain)",
  ),
  time: z.enum(["tim", "linear", "nearest"]).default("tim"),
  window: z.enum(["clip", "onset-apex"]).default("clip").describe("which frames of a clip are used"),
  missingApex: z.enum(["midpoint", "motion"]).default("midpoint").describe(
    "apex of a clip without one: middle of onset..offset, or the frame of largest motion",
  ),
  amplify: positive.default(1).describe("k of frame' = onset + k (frame - onset) for micro clips; 1: off"),
  flow: z.strictObject({
    method: z.enum(["farneback"]).default("farneback"),
    size: z.int().positive().max(1024).nullable().default(null).describe(
      "pixels at which flow is computed; null: the multiple of size up to 128",
    ),
    scaling: z.enum(["fixed", "minmax"]).default("fixed").describe(
      "to bytes: one scale for all, or by clip and channel",
    ),
    range: positive.nullable().default(null).describe(
      "fixed scaling: largest displacement, in pixels of the output; null: size / 32",
    ),
    strainRange: positive.default(0.25).describe("fixed scaling: largest strain"),
  }).prefault({}).describe("of input: flow"),

  backbone: z.enum(["conv4", "resnet", "vgg19", "densenet"]).default("conv4").describe(
    "the network of a frame; its widths are multiples of channels",
  ),
  decoder: z.enum(["unet", "none"]).default("unet"),
  channels: count.default(16).describe("C of the hidden layers; a backbone's widths are multiples of it"),
  norm: z.enum(["support", "transductive"]).default("support"),
  normPrior: z.number().nonnegative().default(0).describe(
    "n₀, micro clips that the running statistics count as in a calibration: its n clips' own have the share n / (n + n₀)",
  ),

  episodes: z.enum(["within", "mixed", "across"]).default("within").describe(
    "whose clips a task holds: one subject's, all subjects' mixed, or support and query of different subjects",
  ),
  ways: z.int().min(2).nullable().default(null).describe("N; null: every class the subject offers"),
  shots: count.default(5).describe("K, support clips a class"),
  queries: count.default(5).describe("Q, query clips a class"),
  macros: z.int().nonnegative().default(3).describe("macro clips a class"),
  tasksPerStep: count.default(2).describe("N_tr, tasks of one outer step"),
  repeats: count.default(1).describe("random splits of each held-out subject in evaluation"),
  shuffleLabels: z.boolean().default(false).describe(
    "number a task's classes 1 to ways at random, training and evaluation: the classical few-shot protocol",
  ),

  augment: z.enum(["none", "flip", "flip-flow-fixed", "flip-flow-minmax"]).default("none").describe(
    "of training clips: none; flip: half of them are mirrored left to right, with input flow u is negated as its scaling says; " +
      "flip-flow-fixed, flip-flow-minmax: the same for stored maps of u, v and strain, which input: frames does not tell from " +
      "pictures, with byte 128 for zero, or each channel of each clip stretched to 0..255",
  ),

  outerSteps: z.int().nonnegative().default(150),
  warmupSteps: z.int().nonnegative().default(0).describe("first outer steps taken with first-order gradients"),
  innerSteps: z.int().min(0).max(10).nullable().default(null).describe(
    "gradient steps of a task and of a calibration; null: 1, for reptile and supervised 5; metric algorithms take none",
  ),
  multiStepLoss: z.boolean().default(false).describe(
    "with several inner steps: weigh the query losses of all of them, from even to the last alone by half the outer steps",
  ),
  firstOrder: z.boolean().default(false).describe("FOMAML: drop the second-order term"),
  alpha: positive.nullable().default(null).describe("inner rate; null: 0.05, for anil 0.2"),
  learnInnerRates: z.boolean().default(true).describe("Meta-SGD: a learned inner rate a layer, starting at alpha"),
  beta: positive.default(3e-3).describe("outer rate"),
  schedule: z.enum(["constant", "cosine"]).default("constant").describe("of the outer rate"),
  weightDecay: z.number().nonnegative().default(1e-4),
  clipNorm: positive.nullable().default(10).describe("largest global norm of the outer gradient; null: no clipping"),
  lambda1: z.number().nonnegative().default(0.55),
  lambda2: z.number().nonnegative().default(0.45),
  aux: z.enum(["mmd", "cross-kernel"]).default("mmd"),
  sigma: z.union([z.literal("median"), positive]).default("median").describe("of the Gaussian kernel, by scale"),
  uncalibratedWeight: z.number().min(0).max(1).default(0.5).describe(
    "share u of the outer objective that is plain supervised loss at theta, on clips mixed from all training subjects; metric algorithms have none",
  ),
  classWeights: z.union([z.boolean(), z.array(z.number().nonnegative())]).default(false).describe(
    "weigh the cross-entropy: by inverse class frequency of the training subjects, or by given weights",
  ),

  validation: z.number().gt(0).lt(1).nullable().default(null).describe(
    "share of the training subjects that is set aside to choose θ on: of the steps scored, the one with the best UF1 there; " +
      "null: all train, and the last θ is taken",
  ),
  selectEvery: count.default(10).describe(
    "outer steps between scores on validation subjects; the last step has one too",
  ),

  checkpointEvery: count.default(10).describe("outer steps between checkpoints"),
  keepCheckpoints: count.default(3),
}).refine(({ frames, input }) => frames > 1 || input !== "difference", {
  path: ["input"],
  message: "expected frames or flow, because a clip of one frame has no difference; --set input=frames",
}).refine(({ inputChannels, input }) => input !== "flow" || inputChannels === 3, {
  path: ["inputChannels"],
  message: "expected 3 (u, v, strain) with input flow; --set inputChannels=3",
}).refine(({ augment, input, inputChannels }) => !isStoredFlow(augment) || (input !== "flow" && inputChannels === 3), {
  path: ["augment"],
  message: "expected flip, because only stored maps of three channels need the scaling of flow to be named",
}).refine(({ flow, size }) => flow.size === null || flow.size >= size, {
  path: ["flow", "size"],
  message: "expected at least size",
}).refine(({ shuffleLabels, ways }) => !shuffleLabels || ways !== null, {
  path: ["ways"],
  message: "expected a number of classes with shuffleLabels, which names a task's classes 1 to N; --set ways=5",
}).refine(({ shuffleLabels, algorithm }) => !shuffleLabels || ALGORITHMS[algorithm].training !== "supervised", {
  path: ["algorithm"],
  message: "expected one that learns from tasks, because shuffled labels mean nothing outside a task",
}).refine(({ shuffleLabels, classWeights }) => !shuffleLabels || classWeights === false, {
  path: ["classWeights"],
  message: "expected false, because shuffled labels are no classes",
});

/** A complete, checked configuration. */
export type Config = z.infer<typeof configSchema>;

/** A configuration as a user may give it: every field optional. */
export type ConfigInput = z.input<typeof configSchema>;
