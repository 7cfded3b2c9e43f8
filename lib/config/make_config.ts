import type { z } from "zod";
import { type Config, type ConfigInput, configSchema } from "./config.ts";
import { PRESETS } from "./presets.ts";

/** Where a configuration's values come from, weakest first. */
export interface ConfigSources {
  /** Default `default`. */
  readonly preset?: keyof typeof PRESETS;
  /** The parsed `--config` file. */
  readonly file?: unknown;
  /** `path.to.key=value` strings; a value that is no JSON is text. */
  readonly set?: readonly string[];
  /** Values of dedicated flags. */
  readonly flags?: ConfigInput;
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0]!;
  if (issue.code === "unrecognized_keys") return `unknown key ${[...issue.path, issue.keys[0]].join(".")}`;
  return `${issue.path.join(".") || "the whole"}: ${issue.message}`;
}

function assign(target: Record<string, unknown>, assignment: string): void {
  const at = assignment.indexOf("=");
  if (at < 1) throw new RangeError(`Cannot configure: expected path.to.key=value, got "${assignment}"`);
  const path = assignment.slice(0, at).split(".");
  const text = assignment.slice(at + 1);
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Text, as it stands.
  }
  let node = target;
  for (const part of path.slice(0, -1)) {
    const child = Object.hasOwn(node, part) ? node[part] : undefined;
    const branch = typeof child === "object" && child !== null && !Array.isArray(child) ? { ...child } : {};
    node[part] = branch;
    node = branch as Record<string, unknown>;
  }
  node[path[path.length - 1]!] = value;
}

/**
 * Puts a configuration together: preset, then file, then `--set`, then dedicated flags; later ones win.
 *
 * @param sources Where the values come from.
 * @returns A complete, checked configuration.
 * @throws {RangeError} When a key is unknown or a value out of range; the message is one line and names the key.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { makeConfig } from "./mod.ts";
 * const config = makeConfig({ preset: "paper", set: ["synthetic.rho=1", "alpha=0.1"] });
 * assertEquals([config.synthetic.rho, config.alpha, config.beta], [1, 0.1, 0.1]);
 * ```
 */
export function makeConfig(sources: ConfigSources = {}): Config {
  const { preset = "default", file = {}, set = [], flags = {} } = sources;
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    throw new RangeError("Cannot configure: expected a JSON object");
  }
  const merged: Record<string, unknown> = { ...PRESETS[preset], ...file };
  for (const assignment of set) assign(merged, assignment);
  for (const [key, value] of Object.entries(flags)) if (value !== undefined) merged[key] = value;
  const checked = configSchema.safeParse(merged);
  if (!checked.success) throw new RangeError(`Cannot configure: ${describe(checked.error)}`);
  return checked.data;
}
