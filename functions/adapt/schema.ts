import { z } from "zod";

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
