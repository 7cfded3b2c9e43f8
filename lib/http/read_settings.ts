import * as z from "zod";
import { UsageError } from "../process/mod.ts";
import { parseOrigins } from "./parse_origins.ts";
import { parseSharedModels, type SharedModels } from "./parse_shared_models.ts";
import { checkedHost } from "./checked_host.ts";
import { LIMIT_SETTINGS, readLimits, type ServerLimits } from "./read_limits.ts";

/** A whole number of at most so much, written in digits. */
function count(max: number) {
  const error = `expected an integer from 0 to ${max}`;
  return z.string().regex(/^\d{1,9}$/, { error }).transform(Number).pipe(z.int().max(max, { error })).optional();
}

const text = z.string().min(1, { error: "expected a text that is not empty" });

const settingsSchema = z.object({
  LIGHTMAN_STORE: text.default("file:./store"),
  LIGHTMAN_MODEL: z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/, {
    error: 'expected 1 to 128 of A-Z a-z 0-9 . _ -, neither "." nor ".."',
  }).default("lightman"),
  LIGHTMAN_DATA: text.default("data"),
  LIGHTMAN_BACKEND: z.enum(["auto", "webgpu", "wasm", "cpu"], { error: "expected auto, webgpu, wasm or cpu" })
    .default("auto"),
  LIGHTMAN_PORT: count(65535),
  LIGHTMAN_WORKERS: count(256),
  LIGHTMAN_KEYS: text.optional(),
  LIGHTMAN_HOST: text.default("127.0.0.1"),
  LIGHTMAN_CORS: text.optional(),
  LIGHTMAN_RATE: count(100_000),
  LIGHTMAN_SHARED: text.optional(),
});

/** The variables that {@linkcode readSettings} looks at. */
export const SETTINGS: readonly string[] = [...Object.keys(settingsSchema.shape), ...LIMIT_SETTINGS];

/** How a function runs; from the environment. */
export interface Settings extends ServerLimits {
  /** `LIGHTMAN_STORE`. @default {"file:./store"} */
  readonly store: string;
  /** `LIGHTMAN_MODEL`: the model that requests mean when they name none. @default {"lightman"} */
  readonly model: string;
  /** `LIGHTMAN_DATA`: folder of the data sets that training may use. @default {"data"} */
  readonly data: string;
  /** `LIGHTMAN_BACKEND`. @default {"auto"} */
  readonly backend: "auto" | "webgpu" | "wasm" | "cpu";
  /** `LIGHTMAN_PORT`; 0: any free one. */
  readonly port: number;
  /** `LIGHTMAN_WORKERS`: workers of a training run; null: as many as cores. */
  readonly workers: number | null;
  /** `LIGHTMAN_KEYS`: the keys file; null: no keys are asked for. */
  readonly keys: string | null;
  /** `LIGHTMAN_HOST`: address to listen on; with keys it may reach beyond this machine. @default {"127.0.0.1"} */
  readonly host: string;
  /** `LIGHTMAN_CORS`: origins whose pages may use the server. @default {none} */
  readonly origins: readonly string[];
  /** `LIGHTMAN_RATE`: requests a second that each key may make; 0: any number. @default {100} */
  readonly rate: number;
  /** `LIGHTMAN_SHARED`: models that every tenant may use, read-only. @default {none} */
  readonly shared: SharedModels;
}

/**
 * Reads a function's settings from environment variables.
 *
 * @param env The variables.
 * @param port Port when `LIGHTMAN_PORT` says none.
 * @returns The settings.
 * @throws {UsageError} When a variable is out of range, naming it, or `LIGHTMAN_HOST` reaches beyond this machine without
 * `LIGHTMAN_KEYS`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readSettings } from "./mod.ts";
 * assertEquals(readSettings({ LIGHTMAN_STORE: "memory:" }, 8000).store, "memory:");
 * ```
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>, port: number): Settings {
  const result = settingsSchema.safeParse(env);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    const name = String(path[0]);
    throw new UsageError(`Cannot use ${name}: ${message}, got ${JSON.stringify(env[name])}`);
  }
  const { data } = result;
  return {
    store: data.LIGHTMAN_STORE,
    model: data.LIGHTMAN_MODEL,
    data: data.LIGHTMAN_DATA,
    backend: data.LIGHTMAN_BACKEND,
    port: data.LIGHTMAN_PORT ?? port,
    workers: data.LIGHTMAN_WORKERS ?? null,
    keys: data.LIGHTMAN_KEYS ?? null,
    host: checkedHost("LIGHTMAN_HOST", data.LIGHTMAN_HOST, { keyed: data.LIGHTMAN_KEYS !== undefined }),
    origins: parseOrigins("LIGHTMAN_CORS", data.LIGHTMAN_CORS),
    rate: data.LIGHTMAN_RATE ?? 100,
    shared: parseSharedModels("LIGHTMAN_SHARED", data.LIGHTMAN_SHARED),
    ...readLimits(env),
  };
}
