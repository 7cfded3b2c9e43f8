import * as z from "zod";
import type { ApiSchema } from "./api_route.ts";
import { clipsSchema } from "./clips_schema.ts";

/**
 * Describes the bodies that {@linkcode readClips} takes, for `/openapi.json`.
 *
 * @param fields What stands beside the clips.
 * @returns Schemas by media type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import * as z from "zod";
 * import { clipsBody } from "./mod.ts";
 * assertEquals(Object.keys(clipsBody(z.strictObject({})))[0], "application/json");
 * ```
 */
export function clipsBody(fields: z.ZodObject): Readonly<Record<string, ApiSchema>> {
  return {
    "application/json": z.strictObject({ clips: clipsSchema, ...fields.shape }),
    "multipart/form-data": {
      type: "object",
      properties: { meta: { type: "string", contentMediaType: "application/json", description: "the JSON body" } },
      required: ["meta"],
      additionalProperties: { type: "string", contentMediaType: "image/*", description: "one picture, of one frame" },
    },
    "application/vnd.safetensors": {
      type: "string",
      contentMediaType: "application/vnd.safetensors",
      description:
        "one tensor clips [B, M, H, W, C], U8 or F32 in [0, 1]; labels, kinds and the fields in __metadata__",
    },
  };
}
