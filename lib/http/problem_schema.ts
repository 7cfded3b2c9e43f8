import * as z from "zod";

/**
 * The schema of an error's body.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { problemSchema } from "./mod.ts";
 * assertEquals(problemSchema.safeParse({ status: 404 }).success, false);
 * ```
 *
 * Source: RFC 9457
 */
export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("what was expected and what was found"),
  requestId: z.string().describe("also in X-Request-Id and in the server's log"),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional()
    .describe("the fields that are wrong, at most 20"),
  error: z.string().optional().describe("the detail again, on the paths of the Open Inference Protocol"),
}).meta({ id: "Problem" });
