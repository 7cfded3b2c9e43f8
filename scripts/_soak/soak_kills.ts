import { createClient } from "../../lib/client/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { openStore } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../_lib/publish_untrained.ts";
import { checkLedger } from "./check_ledger.ts";
import { createLedger } from "./ledger.ts";
import { type SoakServer, startServer } from "./start_server.ts";
import type { SoakOptions, SoakRow } from "./types.ts";
import { RUN, workUntilKilled } from "./work_until_killed.ts";

/** How often. */
export interface SoakKillsOptions extends SoakOptions {
  readonly kills: number;
  /** Longest time between a start and its kill. @default {4000} */
  readonly maxMs?: number;
}

/**
 * Kills a host of the three functions at random moments, with a store that is slow and fails, and looks after each: is
 * everything there that was acknowledged, is nothing half-written to be seen, and does the next host start?
 */
export async function soakKills(options: SoakKillsOptions): Promise<SoakRow> {
  const { kills, seed, signal, maxMs = 4000 } = options;
  const folder = await Deno.makeTempDir();
  const random = createRandom(seed, "kills");
  const [ledger, faults]: [ReturnType<typeof createLedger>, string[]] = [createLedger(), []];
  const url = `file:${folder}/store`;
  const store = openStore(url);
  let [done, subjects] = [0, 0];
  const begun = performance.now();

  const start = (round: number, faulty: boolean): Promise<SoakServer> =>
    startServer("scripts/_soak/host.ts", {}, [
      url,
      `${folder}/data`,
      String(seed + round),
      faulty ? "faulty" : "sound",
    ]);

  /** One life of a host. */
  async function round(number: number, versions: readonly string[]): Promise<void> {
    const host = await start(number, true);
    const killed = new AbortController();
    const client = createClient(host.url, { retryMs: 20 });
    const newSubject = () => `s${subjects++}`;
    const earlier = [...ledger.calibrated.keys()];
    const working = workUntilKilled({ client, ledger, random, versions, newSubject, earlier, signal: killed.signal });
    await new Promise((resolve) => setTimeout(resolve, random.range(50, maxMs)));
    const died = !host.alive;
    host.kill("SIGKILL");
    killed.abort();
    const said = await host.ended();
    if (died) faults.push(`round ${number}: the host ended by itself: ${said}`);
    faults.push(...(await working).map((line) => `round ${number}: ${line}`));
    faults.push(...(await checkLedger(store, ledger)).map((line) => `round ${number}: ${line}`));
  }

  /** Whether every run that was acknowledged comes to its end, with a sound store. */
  async function finish(): Promise<void> {
    const host = await start(kills, false);
    try {
      const client = createClient(host.url, { retryMs: 50 });
      for (const id of ledger.runs) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(120_000)]);
        for await (const _event of client.runEvents(id, { signal: limit }));
        const { status, error } = await client.run(id);
        if (status === "succeeded") continue;
        // A run may fail of the store, and says so.
        if (status !== "failed" || !/fault|failed|Cannot/.test(error ?? "")) {
          faults.push(`run ${id} is ${status}: ${error}`);
        }
      }
      const { id } = await client.startRun(RUN, { model: "trained" });
      await Array.fromAsync(client.runEvents(id, { signal }));
      if ((await client.run(id)).status !== "succeeded") faults.push("a run after all kills does not succeed");
      faults.push(...await checkLedger(store, ledger));
    } finally {
      host.kill("SIGKILL");
      await host.ended();
    }
  }

  try {
    const config = { size: 16, channels: 2, frames: 2, decoder: "none" } as const;
    const versions: string[] = [];
    for (const seed of [1, 2, 3]) versions.push(await publishUntrained(store, { config, seed }));
    for (; done < kills && faults.length === 0 && !signal.aborted; done++) {
      await round(done, versions);
      options.progress?.(done + 1, kills, `${ledger.calibrated.size} subjects, ${ledger.promoted.length} promotions`);
    }
    if (!signal.aborted && faults.length === 0) await finish();
    return {
      what: "kill -9",
      ok: faults.length === 0,
      faults: faults.slice(0, 5),
      figures: {
        kills: done,
        seconds: Math.round((performance.now() - begun) / 1000),
        calibrations: ledger.calibrated.size,
        erasures: ledger.erased.size,
        promotions: ledger.promoted.length,
        runs: ledger.runs.size,
      },
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
