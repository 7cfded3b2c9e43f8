import type fc from "fast-check";
import { openStore } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../_lib/publish_untrained.ts";
import { BAD_REQUESTS, type FuzzRequest } from "./bad_requests.ts";
import { fuzz } from "./fuzz.ts";
import { MUTATED_BODIES } from "./mutated_bodies.ts";
import { percentile } from "./percentile.ts";
import { startServer } from "./start_server.ts";
import type { SoakOptions, SoakRow } from "./types.ts";

/** How much. */
export interface SoakFuzzOptions extends SoakOptions {
  /** Bad requests, and again damaged bodies. */
  readonly bodies: number;
}

/** By how much memory may move once it is warm. */
const FLAT = 0.15;

/** Sends bad requests and damaged bodies to the functions in a process of their own. */
export async function soakFuzz(options: SoakFuzzOptions): Promise<SoakRow[]> {
  const { bodies, seed, signal } = options;
  const folder = await Deno.makeTempDir();
  const url = `file:${folder}/store`;
  try {
    await publishUntrained(openStore(url), { config: { size: 16, channels: 2, frames: 2, decoder: "none" } });
    const host = await startServer("scripts/_soak/fuzz_host.ts", {}, [url]);
    try {
      const rows: SoakRow[] = [];
      const kinds: [string, fc.Arbitrary<FuzzRequest>][] = [["bad requests", BAD_REQUESTS], [
        "damaged bodies",
        MUTATED_BODIES,
      ]];
      for (const [what, requests] of kinds) {
        const memory: number[] = [];
        const begun = performance.now();
        const result = await fuzz(requests, {
          ...{ count: bodies, seed, signal },
          send: (request) => fetch(new Request(request.url.replace("http://127.0.0.1", host.url), request)),
          async sent(count) {
            if (count % Math.max(1, Math.floor(bodies / 60)) !== 0) return;
            memory.push(await host.rss());
            options.progress?.(count, bodies, what);
          },
        });
        const warm = memory.slice(Math.floor(memory.length / 3));
        const third = Math.max(1, Math.floor(warm.length / 3));
        const [early, late] = [percentile(warm.slice(0, third), 0.5), percentile(warm.slice(-third), 0.5)];
        const growth = late / early - 1;
        const faults = [...result.faults];
        if (!host.alive) faults.push(`the process ended: ${await host.ended()}`);
        // A few hundred requests warm a process up; its memory says nothing then.
        if (bodies >= 2000 && growth > FLAT) faults.push("memory grows");
        rows.push({
          what: `fuzz: ${what}`,
          ok: faults.length === 0,
          faults,
          figures: {
            sent: result.sent,
            seconds: Math.round((performance.now() - begun) / 1000),
            statuses: Object.entries(result.statuses).map(([status, count]) => `${status}: ${count}`).join(", "),
            earlyMb: Math.round(early / 2 ** 20),
            lateMb: Math.round(late / 2 ** 20),
          },
        });
      }
      return rows;
    } finally {
      host.kill("SIGKILL");
      await host.ended();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
