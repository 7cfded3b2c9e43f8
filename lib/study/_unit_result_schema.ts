import * as z from "zod";

const counts = z.array(z.int().nonnegative());

/** A unit's result as the store keeps it. */
export const unitResultSchema = z.union([
  z.strictObject({ failed: z.string() }),
  z.strictObject({
    trainSeconds: z.number(),
    evaluateSeconds: z.number(),
    parameters: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    history: z.array(z.object({ step: z.int(), loss: z.number(), accuracy: z.number(), gradientNorm: z.number() })),
    evaluations: z.array(
      z.array(z.strictObject({ subject: z.string(), truth: counts, before: counts, after: counts })),
    ),
    selections: z.array(z.strictObject({
      shots: z.int().nonnegative(),
      step: z.int(),
      score: z.number(),
      curve: z.array(z.strictObject({ step: z.int(), score: z.number() })),
    })).exactOptional(),
  }),
]);
