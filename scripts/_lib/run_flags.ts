import { type Config, type ConfigInput, makeConfig } from "../../lib/config/mod.ts";
import type { ParsedFlags } from "./args.ts";
import { UsageError } from "./usage_error.ts";

/** Flags that train and evaluate share. */
export const RUN_FLAGS = {
  data: { type: "string", value: "synthetic|FILE", help: "synthetic, a packed FILE.safetensors or a manifest.csv" },
  macro: { type: "string", value: "data|FILE|magnify|none", help: "where macro clips come from" },
  config: { type: "string", value: "FILE.json", help: "configuration file" },
  set: { type: "string", value: "KEY=VALUE", multiple: true, help: "one configuration value; may be repeated" },
  preset: { type: "string", choices: ["default", "paper"], default: "default", help: "starting point" },
  algorithm: { type: "string", value: "NAME", help: "lightman, maml, fomaml or supervised" },
  backbone: { type: "string", value: "NAME", help: "conv4" },
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
export function holdoutOf(text: string): ConfigInput["holdout"] {
  const share = Number(text);
  return Number.isFinite(share) && text.trim() !== "" ? share : text.split(",").map((name) => name.trim());
}

async function readConfigFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new UsageError(`Cannot read --config ${path}: ${(error as Error).message.split("\n")[0]}`);
  }
}

/** The configuration that the flags describe; a wrong one is a wrong flag. */
export async function configOf(values: RunValues): Promise<Config> {
  const { data, macro, algorithm, backbone, decoder, steps, shots, holdout, seed, preset, set } = values;
  const file = values.config === undefined ? {} : await readConfigFile(values.config);
  const flags: Record<string, unknown> = { data, macro, algorithm, backbone, decoder, shots, seed };
  if (steps !== undefined) flags.outerSteps = steps;
  if (holdout !== undefined) flags.holdout = holdoutOf(holdout);
  try {
    return makeConfig({ preset, file, ...(set && { set }), flags: flags as ConfigInput });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
