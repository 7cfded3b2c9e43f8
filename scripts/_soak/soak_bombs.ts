import { openStore } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../_lib/publish_untrained.ts";
import { startServer } from "./start_server.ts";
import { throwBombs } from "./throw_bombs.ts";
import type { SoakOptions, SoakRow } from "./types.ts";

/** How much more memory the functions may hold at their worst, while they refuse bombs: a body of 32 MiB is read, and parsed. */
const MAX_BYTES = 256 * 2 ** 20;

/** Sends requests that claim or unfold to more than they weigh; each must be refused, and memory must not follow them. */
export async function soakBombs({ progress }: SoakOptions): Promise<SoakRow> {
  const folder = await Deno.makeTempDir();
  const url = `file:${folder}/store`;
  try {
    await publishUntrained(openStore(url), { config: { size: 16, channels: 2, frames: 2, decoder: "none" } });
    const host = await startServer("scripts/_soak/fuzz_host.ts", {}, [url]);
    try {
      const before = await host.rss();
      let peak = before;
      const timer = setInterval(async () => peak = Math.max(peak, await host.rss()), 20);
      const results = await throwBombs((request) =>
        fetch(new Request(request.url.replace("http://127.0.0.1", host.url), request))
      )
        .finally(() => clearInterval(timer));
      progress?.(1, 1);
      const faults = results.flatMap(({ fault }) => fault ?? []);
      if (!host.alive) faults.push(`the process ended: ${await host.ended()}`);
      if (peak - before > MAX_BYTES) faults.push(`memory rose by ${Math.round((peak - before) / 2 ** 20)} MB`);
      const slowest = results.reduce((a, b) => a.ms > b.ms ? a : b);
      return {
        what: "bombs",
        ok: faults.length === 0,
        faults: faults.slice(0, 5),
        figures: {
          bombs: results.length,
          slowestMs: slowest.ms,
          slowest: slowest.what,
          beforeMb: Math.round(before / 2 ** 20),
          peakMb: Math.round(peak / 2 ** 20),
        },
      };
    } finally {
      host.kill("SIGKILL");
      await host.ended();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
