import * as z from "zod";
import { type Config, configSchema } from "../../lib/config/mod.ts";
import { modelCardSchema } from "../../lib/storage/mod.ts";

/** What a server lets a client ask for. A command may ask for more: whoever types it has the machine. */
const MAXIMA = {
  outerSteps: 10_000_000,
  warmupSteps: 10_000_000,
  frames: 300,
  size: 512,
  channels: 1024,
  shots: 1000,
  queries: 1000,
  macros: 1000,
  tasksPerStep: 1000,
  repeats: 1000,
  keepCheckpoints: 1000,
} as const satisfies { readonly [name in keyof Config]?: number };

/** Subjects of a synthetic set that a client may ask for. */
const MAX_SUBJECTS = 10_000;

/** The body of a run: the configuration, within what a server takes on. */
export const runBodySchema = configSchema.superRefine((config, context) => {
  const check = (path: readonly string[], value: number, max: number) => {
    if (value > max) context.addIssue({ code: "custom", path: [...path], message: `expected at most ${max}` });
  };
  for (const [name, max] of Object.entries(MAXIMA)) check([name], config[name as keyof typeof MAXIMA], max);
  const { trainSubjects, holdoutSubjects } = config.synthetic;
  check(["synthetic", "trainSubjects"], trainSubjects, MAX_SUBJECTS);
  check(["synthetic", "holdoutSubjects"], holdoutSubjects, MAX_SUBJECTS);
});

/** The body of a promotion. */
export const aliasBodySchema = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{16}$/, { error: "expected 16 hexadecimal digits" }),
});

const version = z.string().regex(/^[0-9a-f]{16}$/);

/** A run as it stands in the store. */
export const runStateSchema = z.strictObject({
  id: z.string(),
  status: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  /** Name of the model that the run publishes. */
  model: z.string(),
  /** As the client gave it: data and macro are names, not paths. */
  config: configSchema,
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  result: z.strictObject({
    name: z.string(),
    version: z.string(),
    metrics: z.record(z.string(), z.number()),
  }).nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
});

/** The answer about a run: its state, and how far it is. */
export const runAnswerSchema = runStateSchema.extend({
  progress: z.strictObject({
    type: z.literal("step"),
    step: z.int().nonnegative(),
    steps: z.int().nonnegative(),
    loss: z.number(),
    accuracy: z.number(),
    secondsLeft: z.number(),
  }).nullable().describe("the last outer step, while the run works here"),
}).meta({ id: "Run" });

/** The answer with all runs. */
export const runsAnswerSchema = z.strictObject({
  runs: z.array(z.union([runAnswerSchema, z.strictObject({ id: z.string(), status: z.literal("unreadable") })])),
});

const modelShape = {
  name: z.string(),
  aliases: z.record(z.string(), version),
  shared: z.boolean().describe("whether another tenant shares it, read-only"),
};

/** The answer with all models. */
export const modelsAnswerSchema = z.strictObject({
  models: z.array(z.strictObject({ ...modelShape, versions: z.array(version) })),
});

const card = modelCardSchema.safeExtend({ version, weightsSha256: z.string() });

/** What is told of a shared model's version: what it takes and gives, not the owner's data, people and settings. */
export const sharedCardSchema = z.strictObject({
  version,
  ...{ classes: card.shape.classes, recipe: card.shape.recipe },
  ...{ parameters: card.shape.parameters, bytes: card.shape.bytes },
});

/** The answer about one model, with the cards of its versions. */
export const modelAnswerSchema = z.strictObject({
  ...modelShape,
  versions: z.array(z.union([card, sharedCardSchema])),
}).meta({ id: "Model" });

/** The answer to a promotion. */
export const aliasAnswerSchema = z.strictObject({ name: z.string(), alias: z.string(), version });
