import type { Context } from "hono";
import type { AppEnv } from "./app_deps.ts";
import { digest } from "./_digest.ts";
import { readFormClips } from "./_read_form_clips.ts";
import { readImageClips } from "./_read_image_clips.ts";
import { readTensorClips } from "./_read_tensor_clips.ts";
import type { ClipsRequest } from "./clips_request.ts";
import { ProblemError } from "./problem_error.ts";
import { readBody } from "./read_body.ts";
import { parseJson } from "./parse_json.ts";

/**
 * Reads the clips of a request: JSON with base64 pictures, a form with one part a picture, or safetensors.
 *
 * Counts and sizes are checked against the limits from the headers of the pictures, before anything is decoded.
 * - `application/json`: `{"clips": [{"frames": [base64, …], "label", "kind", "crop", "onset", "apex", "offset"}], …fields}`
 * - `multipart/form-data`: the part `meta` is that JSON with names of parts as frames; every other part is a picture.
 * - `application/vnd.safetensors`: tensor `clips` `[B, M, H, W, C]`, U8 or F32 in [0, 1]; `labels` and `kinds` in
 *   `__metadata__` as JSON arrays of B strings, and beside them the fields as texts.
 *
 * @param c The request's context.
 * @returns Clips and fields.
 * @throws {ProblemError} 415 for another media type, 413 beyond a limit, 400 for bytes that are no JSON, form or
 * safetensors, 422 naming the field that is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { memoryStore } from "../storage/mod.ts";
 * import { createBaseApp, readClips } from "./mod.ts";
 * const deps = { store: memoryStore(), now: () => 0, newId: () => "id", log: () => {} };
 * const app = createBaseApp(deps, { ready: () => Promise.resolve(null) });
 * app.post("/", async (c) => c.json((await readClips(c)).clips.length));
 * const headers = { "Content-Type": "application/json" };
 * const response = await app.request("/", { method: "POST", headers, body: '{"clips":[{"frames":["!"]}]}' });
 * assertEquals((await response.json()).errors[0].field, "clips.0.frames.0");
 * ```
 */
export async function readClips(c: Context<AppEnv>): Promise<ClipsRequest> {
  const full = c.req.header("Content-Type") ?? "none";
  const type = full.split(";")[0]!.trim().toLowerCase();
  const limits = c.get("limits");
  if (type === "application/vnd.safetensors") {
    const body = await readBody(c);
    return { ...readTensorClips(body, limits), digest: () => digest([body]) };
  }
  if (type === "application/json") {
    const body = await readBody(c);
    return { ...readImageClips(parseJson(body), limits), digest: () => digest([body]) };
  }
  if (type === "multipart/form-data") return readFormClips(await readBody(c), full, limits);
  throw new ProblemError(
    415,
    `Cannot read clips: expected application/json, multipart/form-data or application/vnd.safetensors, got ${type}`,
  );
}
