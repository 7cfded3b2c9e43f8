import type { Context, Hono } from "hono";
import {
  type AppDeps,
  type AppEnv,
  checkedName,
  clipsOfTensor,
  type ClipSource,
  modelOwner,
  parseJson,
  ProblemError,
  readBody,
  type WorkQueue,
} from "../../lib/http/mod.ts";
import { listModels, loadModelCard } from "../../lib/storage/mod.ts";
import { inferRequest } from "./_infer_request.ts";
import type { Answer, AnswerOptions, Asked } from "./_answer.ts";

/** Values of a JSON body: 64 clips of 16 frames of 64 × 64 pixels, with the brackets around each. */
const MAX_VALUES = 5_000_000;

/** What the routes of the protocol need of the predict function. */
export interface OpenInferenceDeps extends Pick<AppDeps, "store" | "shared"> {
  readonly backend: string;
  readonly work: WorkQueue;
  answer(
    c: Context<AppEnv>,
    clips: readonly ClipSource[],
    asked: Asked,
    options: AnswerOptions,
  ): Promise<Answer>;
}

/** Length of the JSON at the beginning of a body. */
function jsonLength(c: Context<AppEnv>, length: number): number {
  const header = c.req.header("Inference-Header-Content-Length");
  if (header === undefined) return length;
  const value = /^\d{1,10}$/.test(header) ? Number(header) : Infinity;
  if (value <= length) return value;
  throw new ProblemError(
    400,
    `Cannot read the body: expected Inference-Header-Content-Length of 0 to ${length}, the body's length`,
  );
}

async function readInfer(c: Context<AppEnv>, model: string) {
  const type = (c.req.header("Content-Type") ?? "none").split(";")[0]!.trim().toLowerCase();
  const binary = c.req.header("Inference-Header-Content-Length") !== undefined;
  if (type !== "application/json" && !(binary && type === "application/octet-stream")) {
    const expected = "application/json, or application/octet-stream with Inference-Header-Content-Length";
    throw new ProblemError(415, `Cannot read the body: expected ${expected}, got ${type}`);
  }
  const bytes = await readBody(c);
  const length = jsonLength(c, bytes.length);
  const body = parseJson(bytes.subarray(0, length), { maxValues: MAX_VALUES });
  return inferRequest(body, bytes.subarray(length), model, c.get("limits"));
}

/** The answer's JSON, and after it the probabilities as little-endian bytes where the request wants that. */
function inferResponse(
  c: Context<AppEnv>,
  { probabilities, classes, model, subject }: Answer,
  { id, binary }: { readonly id: string | undefined; readonly binary: boolean },
): Response {
  const shape = [probabilities.length / classes.length, classes.length];
  const output = { name: "probabilities", datatype: "FP32", shape };
  const answer = {
    model_name: model.name,
    model_version: model.version,
    ...(id !== undefined && { id }),
    ...(subject !== null && { parameters: { subject_version: subject.version, stale: subject.stale } }),
  };
  if (!binary) return c.json({ ...answer, outputs: [{ ...output, data: [...probabilities] }] });
  const parameters = { binary_data_size: probabilities.byteLength };
  const head = new TextEncoder().encode(JSON.stringify({ ...answer, outputs: [{ ...output, parameters }] }));
  const body = new Uint8Array(head.length + probabilities.byteLength);
  body.set(head);
  body.set(new Uint8Array(probabilities.buffer, probabilities.byteOffset, probabilities.byteLength), head.length);
  return c.body(body, 200, {
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": String(head.length),
  });
}

/**
 * Adds the Open Inference Protocol v2 with the binary tensor extension.
 *
 * Source: KServe, Open Inference Protocol, HTTP/REST; Triton, Binary tensor data extension
 */
export function addOpenInference(app: Hono<AppEnv>, deps: OpenInferenceDeps): void {
  const { store, work, backend, answer } = deps;

  async function ownerOf(c: Context<AppEnv>): Promise<string> {
    const { model, version } = asked(c);
    return await modelOwner(deps, c.get("tenant"), model, version);
  }

  /** The path's model and version; the stable one without. */
  function asked(c: Context<AppEnv>): { readonly model: string; readonly version?: string } {
    const model = checkedName("model", c.req.param("model") ?? "");
    const version = c.req.param("version");
    if (version === undefined) return { model };
    if (!/^[0-9a-f]{16}$/.test(version)) throw new ProblemError(404, "There is no such version of this model");
    return { model, version };
  }

  async function metadata(c: Context<AppEnv>): Promise<Response> {
    const { model, ...which } = asked(c);
    const owner = await ownerOf(c);
    const { classes } = await loadModelCard(store, owner, model, which);
    const entry = (await listModels(store, owner)).find(({ name }) => name === model);
    return c.json({
      name: model,
      versions: entry?.versions ?? [],
      platform: "lightmannet_safetensors",
      // Every count of frames, every size and 1 or 3 channels are resampled to what the model takes.
      inputs: [{ name: "clips", datatype: "FP32", shape: [-1, -1, -1, -1, -1] }],
      outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, classes.length] }],
      parameters: { classes },
    });
  }

  async function ready(c: Context<AppEnv>): Promise<Response> {
    const { model, ...which } = asked(c);
    await loadModelCard(store, await ownerOf(c), model, which);
    return c.json({ name: model, ready: true });
  }

  async function infer(c: Context<AppEnv>): Promise<Response> {
    const which = asked(c);
    const place = work.enter();
    try {
      const request = await readInfer(c, which.model);
      const { subject } = request;
      if (subject !== undefined) c.set("subject", subject);
      const clips = clipsOfTensor(request.tensor, c.get("limits"));
      return inferResponse(c, await answer(c, clips, { ...which, subject }, { place }), request);
    } finally {
      place.leave();
    }
  }

  app.get("/v2", (c) => c.json({ name: "lightmannet", version: "1", extensions: ["binary_tensor_data"], backend }));
  for (const path of ["/v2/models/:model", "/v2/models/:model/versions/:version"]) {
    app.get(path, metadata);
    app.get(`${path}/ready`, ready);
    app.post(`${path}/infer`, infer);
  }
}
