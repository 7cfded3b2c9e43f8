import { ALGORITHMS, type Config, type ConfigInput, makeConfig } from "../../lib/config/mod.ts";
import { type ObjectStore, openStore } from "../../lib/storage/mod.ts";
import type { ParsedFlags } from "./args.ts";
import { UsageError } from "./usage_error.ts";

/** Flags that train and evaluate share. */
export const RUN_FLAGS = {
  data: { type: "string", value: "synthetic|FILE", help: "synthetic, a packed FILE.safetensors or a manifest.csv" },
  macro: { type: "string", value: "data|FILE|magnify|none", help: "where macro clips come from" },
  config: { type: "string", value: "FILE.json", help: "configuration file" },
  set: { type: "string", value: "KEY=VALUE", multiple: true, help: "one configuration value; may be repeated" },
  preset: { type: "string", choices: ["default", "paper"], default: "default", help: "starting point" },
  algorithm: { type: "string", value: "NAME", help: Object.keys(ALGORITHMS).join(", ") },
  backbone: {
    type: "string",
    choices: ["conv4", "resnet", "vgg19", "densenet"],
    help: "network of a frame (default: conv4)",
  },
  decoder: { type: "string", choices: ["unet", "none"], help: "form of the decoder" },
  steps: { type: "integer", min: 0, help: "outer steps" },
  shots: { type: "integer", min: 1, value: "K", help: "support clips a class" },
  holdout: { type: "string", value: "FRACTION|LIST", help: "held-out subjects: a share, or database/subject,…" },
  seed: { type: "integer", min: 0, help: "root of all randomness" },
  store: { type: "string", value: "URL", default: "file:./store", help: "models and runs" },
  name: { type: "string", value: "MODEL", default: "lightman", help: "model name" },
  backend: { type: "string", choices: ["auto", "webgpu", "wasm", "cpu"], default: "auto", help: "backend" },
  workers: { type: "integer", min: 0, max: 256, help: "tasks done in parallel (default: one a core)" },
  json: { type: "string", value: "FILE|-", help: "write the result as JSON" },
  report: { type: "string", value: "FILE.html", help: "write an HTML report" },
} as const;

type RunValues = ParsedFlags<typeof RUN_FLAGS>["values"];

/** A share, or a list of subjects. */
export function holdoutOf(text: string): Config["holdout"] {
  const share = text.trim() === "" ? NaN : Number(text);
  if (share > 0 && share < 1) return share;
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => /^[^/]+\/./.test(name))) return names;
  throw new UsageError(
    `Cannot use --holdout: expected a share between 0 and 1, or database/subject,database/subject,…, got "${text}"`,
  );
}

/** The store of `--store`, once it is known to do what the command will ask of it. */
export async function storeOf(url: string, access: "read" | "write"): Promise<ObjectStore> {
  try {
    const store = openStore(url, { env: (name) => Deno.env.get(name) });
    await store.check(access);
    return store;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** A model's name. The store takes 128 characters; a run's id adds the rest. */
export function modelNameOf(name: string): string {
  if (/^[A-Za-z0-9._-]{1,100}$/.test(name) && name !== "." && name !== "..") return name;
  throw new UsageError(`Cannot use the model name "${name.slice(0, 120)}": expected 1 to 100 of A-Z a-z 0-9 . _ -`);
}

/** Checks that a file of clips is there, before a backend is chosen or anything is rendered. */
export async function checkClipFile(what: "data" | "macro", path: string): Promise<void> {
  const info = await Deno.stat(path).catch(() => null);
  if (info?.isFile) return;
  const words = what === "data" ? "synthetic" : "data, magnify, none";
  const got = info ? "a folder" : "no such file";
  throw new UsageError(
    `Cannot use ${what} "${path}": expected ${words}, FILE.safetensors or a manifest.csv, got ${got}`,
  );
}

async function readConfigFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new UsageError(`Cannot read --config ${path}: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** The configuration that the flags describe; a wrong one is a wrong flag. */
export async function configOf(values: Omit<RunValues, "name">): Promise<Config> {
  const { data, macro, algorithm, backbone, decoder, steps, shots, holdout, seed, preset, set } = values;
  const file = values.config === undefined ? {} : await readConfigFile(values.config);
  const flags: Record<string, unknown> = { data, macro, algorithm, backbone, decoder, shots, seed };
  if (steps !== undefined) flags.outerSteps = steps;
  if (holdout !== undefined) flags.holdout = holdoutOf(holdout);
  let config: Config;
  try {
    config = makeConfig({ preset, file, ...(set && { set }), flags: flags as ConfigInput });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
  if (config.data !== "synthetic") await checkClipFile("data", config.data);
  if (!["data", "magnify", "none"].includes(config.macro)) await checkClipFile("macro", config.macro);
  return config;
}
