import * as z from "zod";

const index = z.int().nonnegative();

/**
 * The schema of the clips of a JSON body or of the part `meta` of a form; how many there may be is for the limits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { clipsSchema } from "./mod.ts";
 * assertEquals(clipsSchema.parse([{ frames: ["iVBORw0="] }])[0]!.kind, "micro");
 * assertEquals(clipsSchema.safeParse([]).success, false);
 * ```
 */
export const clipsSchema = z.array(
  z.strictObject({
    frames: z.array(z.string()).min(1).describe(
      "the pictures in order: base64 of PNG, JPEG or BMP files of one size; in a form the names of their parts",
    ),
    label: z.string().min(1).max(128).optional().describe("a class of the model; needed to calibrate"),
    kind: z.enum(["micro", "macro"]).default("micro"),
    crop: z.tuple([index, index, z.int().positive(), z.int().positive()]).optional().describe(
      "x, y, w, h in pixels, for all frames",
    ),
    onset: index.optional().describe("the first frame that counts"),
    apex: index.optional(),
    offset: index.optional().describe("the last frame that counts"),
  }),
).min(1);
