import { encode } from "fast-png";
import type { ApiRoute, AppDeps, LogRecord } from "../../lib/http/mod.ts";
import { encodeSafetensors, memoryStore, type ObjectStore, promote, publishModel } from "../../lib/storage/mod.ts";
import { modelCard, modelWeights } from "./model_card.ts";

/** Dependencies with a memory store, a clock that ticks by a millisecond, counted ids and a log that is kept. */
export function testDeps(
  store: ObjectStore = memoryStore(),
): AppDeps & { readonly logged: LogRecord[]; readonly api: ApiRoute[] } {
  let time = Date.parse("2025-01-01T00:00:00Z");
  let ids = 0;
  const logged: LogRecord[] = [];
  return {
    store,
    now: () => time++,
    newId: () => `id-${++ids}`,
    log: (record) => logged.push(record),
    logged,
    api: [],
  };
}

/** Publishes and promotes a version of the model `main` whose class means are given. */
export async function publishMain(store: ObjectStore, means: readonly number[] = [0, 128, 255]): Promise<string> {
  const version = await publishModel(store, "default", "main", modelWeights(means), modelCard());
  await promote(store, "default", "main", "stable", version);
  return version;
}

/** A PNG of one grey level, in base64. */
export function greyPng(value: number, width = 4, height = 4): string {
  return encode({ width, height, channels: 1, data: new Uint8Array(width * height).fill(value) }).toBase64();
}

/** A clip of a JSON body: `frames` pictures of one grey level. */
export function greyClip(value: number, fields: Record<string, unknown> = {}, frames = 2) {
  return { frames: Array.from({ length: frames }, () => greyPng(value)), ...fields };
}

/** A request with a JSON body. */
export function json(body: unknown, method = "POST"): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** A request with clips `[B, 2, 4, 4, 1]` of one grey level each as safetensors. */
export function safetensors(values: readonly number[], metadata: Record<string, string> = {}): RequestInit {
  const data = Uint8Array.from(values.flatMap((value) => new Array<number>(32).fill(value)));
  const body = encodeSafetensors({ clips: { dtype: "U8", shape: [values.length, 2, 4, 4, 1], data } }, metadata);
  return { method: "POST", headers: { "Content-Type": "application/vnd.safetensors" }, body };
}

/** Status and the names of the wrong fields of a problem. */
export async function problemOf(response: Response): Promise<{ status: number; fields: string[]; detail: string }> {
  const type = response.headers.get("Content-Type");
  if (type !== "application/problem+json") throw new Error(`expected a problem, got ${type}`);
  const { status, detail, requestId, errors = [] } = await response.json();
  if (status !== response.status) throw new Error(`expected status ${response.status} in the body, got ${status}`);
  if (requestId !== response.headers.get("X-Request-Id")) throw new Error("expected the header's request id");
  return { status, fields: errors.map((error: { field: string }) => error.field), detail };
}
