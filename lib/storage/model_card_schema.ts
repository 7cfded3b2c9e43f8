import * as z from "zod";
import { configSchema } from "../config/mod.ts";

/**
 * The schema of model.json, without the fields that storage adds (`version`, `weightsSha256`). What it accepts is a
 * `ModelCard` of lib/inference.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { modelCardSchema } from "./mod.ts";
 * assertEquals(modelCardSchema.safeParse({ formatVersion: 2 }).success, false);
 * ```
 */
export const modelCardSchema = z.strictObject({
  formatVersion: z.literal(1),
  name: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
  config: configSchema,
  classes: z.array(z.string().min(1)).min(1).refine((names) => new Set(names).size === names.length, {
    error: "expected every class once",
  }),
  recipe: z.strictObject({
    frames: z.int().positive(),
    size: z.int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
    input: z.enum(["frames", "difference", "flow"]),
    time: z.enum(["tim", "linear", "nearest"]),
    window: z.enum(["clip", "onset-apex"]).exactOptional(),
    missingApex: z.enum(["midpoint", "motion"]).exactOptional(),
    amplify: z.number().positive().exactOptional(),
    flow: z.strictObject({
      method: z.enum(["farneback"]),
      size: z.int().positive().max(1024),
      scaling: z.enum(["fixed", "minmax"]),
      range: z.number().positive(),
      strainRange: z.number().positive(),
    }).exactOptional(),
  }).refine(
    ({ input, flow, channels, size }) =>
      input === "flow" ? flow !== undefined && channels === 3 && flow.size >= size : flow === undefined,
    { path: ["flow"], message: "expected flow of at least size and 3 channels with input flow, and only then" },
  ),
  temperature: z.strictObject({ base: z.number().positive(), calibrated: z.number().positive() }).exactOptional(),
  metrics: z.record(z.string(), z.number()),
  provenance: z.record(z.string(), z.string()),
  parameters: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
});
