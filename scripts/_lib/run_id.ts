import type { Config } from "../../lib/config/mod.ts";

/**
 * The id of a command-line run: the model's name and a digest of the configuration, so that `--resume` finds its own
 * run and no other.
 */
export async function runIdOf(name: string, config: Config): Promise<string> {
  const { checkpointEvery: _every, keepCheckpoints: _keep, ...course } = config;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(course)));
  const hex = Array.from(new Uint8Array(digest).subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${name}-${hex}`;
}
