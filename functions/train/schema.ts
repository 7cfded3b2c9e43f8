import { z } from "zod";
import { type Config, configSchema } from "../../lib/config/mod.ts";

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
