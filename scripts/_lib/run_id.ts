import type { Config } from "../../lib/config/mod.ts";
import { sha256 } from "../../lib/storage/mod.ts";

/**
 * The id of a command-line run: the model's name and a digest of the configuration, so that `--resume` finds its own
 * run and no other.
 */
export async function runIdOf(name: string, config: Config): Promise<string> {
  const { checkpointEvery: _every, keepCheckpoints: _keep, ...course } = config;
  const digest = await sha256(new TextEncoder().encode(JSON.stringify(course)));
  return `${name}-${digest.slice(0, 12)}`;
}
