import * as z from "zod";

const fit = z.strictObject({ loss: z.number(), accuracy: z.number() });

/**
 * The schema of a subject's meta.json: what a calibration was made of. It holds no clip and no frame.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { subjectMetaSchema } from "./mod.ts";
 * assertEquals(subjectMetaSchema.safeParse({}).success, false);
 * ```
 */
export const subjectMetaSchema = z.strictObject({
  /** The model whose θ the calibration started from; predictions use its card. */
  model: z.strictObject({ name: z.string(), version: z.string().regex(/^[0-9a-f]{16}$/) }),
  innerSteps: z.int().nonnegative(),
  /** Loss and accuracy on the calibration clips. */
  before: fit,
  after: fit,
  /** Names of the classes that the clips covered. */
  classes: z.array(z.string()),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
});
