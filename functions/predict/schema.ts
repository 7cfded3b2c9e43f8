import * as z from "zod";

const name = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, {
  error: "expected 1 to 128 of A-Z a-z 0-9 . _ -",
});

/** What stands beside the clips of a prediction. */
export const predictFieldsSchema = z.strictObject({
  /** A calibrated subject; without it θ itself predicts. */
  subject: name.optional(),
  /** A model; the subject's own or the server's default otherwise. */
  model: name.optional(),
  /** A clip whose highest probability is below this has no label. In safetensors metadata a text. */
  abstainBelow: z.union([z.number(), z.string().regex(/^(0?\.\d{1,9}|1(\.0{1,9})?)$/).transform(Number)])
    .pipe(z.number().gt(0).max(1)).optional(),
});

const version = z.string().regex(/^[0-9a-f]{16}$/);

/** The answer to a prediction. */
export const predictAnswerSchema = z.strictObject({
  predictions: z.array(z.strictObject({
    label: z.string().nullable().describe("the class of the highest probability; null when that is below abstainBelow"),
    probabilities: z.record(z.string(), z.number().min(0).max(1)).describe("by class; their sum is 1"),
  })),
  model: z.strictObject({ name, version }),
  subject: z.strictObject({
    id: name,
    version,
    stale: z.boolean().describe("whether a newer version of the model was promoted since the calibration"),
  }).nullable(),
}).meta({ id: "Predictions" });
