import * as z from "zod";

/** Names of models and subjects. */
const name = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, {
  error: "expected 1 to 128 of A-Z a-z 0-9 . _ -",
});

/** What stands beside the clips of a calibration. In safetensors metadata every value is a text. */
export const calibrationFieldsSchema = z.strictObject({
  /** Model whose stable version is calibrated; the server's default otherwise. */
  model: name.optional(),
  /** The version that the client believes to be current. */
  modelVersion: z.string().regex(/^[0-9a-f]{16}$/, { error: "expected 16 hexadecimal digits" }).optional(),
  /** Gradient steps; the model's own count otherwise. */
  innerSteps: z.union([z.number(), z.string().regex(/^\d{1,3}$/).transform(Number)])
    .pipe(z.int().min(1).max(10)).optional(),
});

const fit = z.strictObject({ loss: z.number(), accuracy: z.number() });
const version = z.string().regex(/^[0-9a-f]{16}$/);

/** The answer to a calibration. */
export const calibrationAnswerSchema = z.strictObject({
  subject: name,
  version: version.describe("of the subject's weights"),
  model: z.strictObject({ name, version }),
  innerSteps: z.int().nonnegative(),
  before: fit.describe("on the calibration clips themselves"),
  after: fit,
  classes: z.array(z.string()).describe("those that the clips cover"),
}).meta({ id: "Calibration" });

/** The answer about one subject. */
export const subjectAnswerSchema = calibrationAnswerSchema.extend({
  createdAt: z.iso.datetime(),
  stale: z.boolean().describe("whether a newer version of the model was promoted since"),
}).meta({ id: "Subject" });

/** The answer with a tenant's subjects. */
export const subjectsAnswerSchema = z.strictObject({ subjects: z.array(name) });
