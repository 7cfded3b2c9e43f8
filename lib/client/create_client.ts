import { followRun } from "./_follow_run.ts";
import { ClientError, type Problem } from "./client_error.ts";
import type { CallOptions, Client, ClientClip } from "./types.ts";

/** Where the functions are: one address, or one each. */
export type ClientAddress = string | { readonly train?: string; readonly adapt?: string; readonly predict?: string };

/** Options of {@linkcode createClient}. */
export interface ClientOptions {
  /** API key. @default {none} */
  readonly key?: string;
  /** Sends requests. @default {the platform's fetch} */
  readonly fetch?: (request: Request) => Response | Promise<Response>;
  /** Milliseconds before a broken event stream is opened again; each further attempt waits twice as long. @default {500} */
  readonly retryMs?: number;
}

interface Call extends CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A clip as JSON takes it. */
function toJson(clip: ClientClip) {
  const frames = clip.frames.map((frame) => typeof frame === "string" ? frame : frame.toBase64());
  return { ...clip, frames };
}

async function errorOf(response: Response): Promise<ClientError> {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const problem = isProblem ? await response.json().catch(() => null) as Problem | null : null;
  if (!isProblem) await response.body?.cancel();
  const seconds = response.headers.get("Retry-After");
  return new ClientError(response.status, problem, seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : null);
}

/**
 * Makes a client of the functions.
 *
 * A call rejects with {@linkcode ClientError} when the function answers with an error, with the signal's reason when it
 * is given up, and with a TypeError when nobody answers.
 *
 * @param address Where the functions are.
 * @param options Key, and what sends requests.
 * @returns The client; it holds nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createClient } from "./mod.ts";
 * const fetch = () => Response.json({ subjects: ["s25"] });
 * assertEquals(await createClient("http://127.0.0.1:8000", { fetch }).subjects(), ["s25"]);
 * ```
 */
export function createClient(address: ClientAddress, options: ClientOptions = {}): Client {
  const { key, fetch: send = (request: Request) => fetch(request), retryMs = 500 } = options;

  async function respond(where: "train" | "adapt" | "predict", path: string, call: Call): Promise<Response> {
    const base = typeof address === "string" ? address : address[where];
    if (base === undefined) throw new TypeError(`Cannot call ${path}: expected the address of ${where}, got none`);
    const { method = call.body === undefined ? "GET" : "POST", body, headers, signal } = call;
    const request = new Request(`${base.replace(/\/$/, "")}${path}`, {
      method,
      headers: {
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const response = await send(request);
    if (response.ok) return response;
    throw await errorOf(response);
  }

  async function ask<T>(where: "train" | "adapt" | "predict", path: string, call: Call = {}): Promise<T> {
    return await (await respond(where, path, call)).json();
  }

  const at = encodeURIComponent;
  const client: Client = {
    calibrate(subject, { clips, ...fields }, { idempotencyKey, ...rest } = {}) {
      return ask("adapt", `/v1/subjects/${at(subject)}/calibrations`, {
        ...rest,
        body: { ...fields, clips: clips.map(toJson) },
        ...(idempotencyKey !== undefined && { headers: { "Idempotency-Key": idempotencyKey } }),
      });
    },
    predict: ({ clips, ...fields }, options) =>
      ask("predict", "/v1/predict", { ...options, body: { ...fields, clips: clips.map(toJson) } }),
    subjects: async (options) => (await ask<{ subjects: string[] }>("adapt", "/v1/subjects", options)).subjects,
    subject: (id, options) => ask("adapt", `/v1/subjects/${at(id)}`, options),
    async erase(subject, options) {
      await (await respond("adapt", `/v1/subjects/${at(subject)}`, { ...options, method: "DELETE" })).body?.cancel();
    },
    models: async (options) => (await ask<{ models: [] }>("train", "/v1/models", options)).models,
    model: (name, options) => ask("train", `/v1/models/${at(name)}`, options),
    async promote(name, alias, version, options) {
      const path = `/v1/models/${at(name)}/aliases/${at(alias)}`;
      await ask("train", path, { ...options, method: "PUT", body: { version } });
    },
    startRun(config, { model, ...rest } = {}) {
      return ask("train", `/v1/train/runs${model === undefined ? "" : `?model=${at(model)}`}`, {
        ...rest,
        body: config,
      });
    },
    runs: async (options) => (await ask<{ runs: [] }>("train", "/v1/train/runs", options)).runs,
    run: (id, options) => ask("train", `/v1/train/runs/${at(id)}`, options),
    cancelRun: (id, options) => ask("train", `/v1/train/runs/${at(id)}/cancel`, { ...options, method: "POST" }),
    runEvents(id, { after, ...rest } = {}) {
      const open = (last: number | null) =>
        respond("train", `/v1/train/runs/${at(id)}/events`, {
          ...rest,
          headers: { Accept: "text/event-stream", ...(last !== null && { "Last-Event-ID": String(last) }) },
        });
      return followRun({ open, run: () => client.run(id, rest), signal: rest.signal, retryMs }, after ?? null);
    },
  };
  return client;
}
