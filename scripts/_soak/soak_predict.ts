import { createClient } from "../../lib/client/mod.ts";
import { loadModel, openStore, saveSubject } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../_lib/publish_untrained.ts";
import { closedLoad, openLoad } from "./load.ts";
import { makeClips } from "./make_clips.ts";
import { percentile } from "./percentile.ts";
import { createRawClient } from "./raw_client.ts";
import type { SoakOptions, SoakRow } from "./types.ts";
import { withServer } from "./with_server.ts";

/** How long and how much. */
export interface SoakPredictOptions extends SoakOptions {
  /** Of saturation, and again of half of it. */
  readonly seconds: number;
  /** Of the part that watches memory. */
  readonly requests: number;
  readonly subjects: number;
}

/** Requests that bring a process to the memory it needs: code compiled, caches full. */
const WARM_UP_SHARE = 0.3;

/** By how much memory may move once it is warm, and be called flat. */
const FLAT = 0.1;

/** Of a load before it is measured. */
const SETTLE_SECONDS = 2;

/** With fewer requests the engine is still warming up, which looks like growth. */
const GROWTH_FROM = 20_000;

/** With fewer requests p99 is the slowest few, and those are the ones for which code was still being compiled. */
const TAIL_FROM = 5_000;

/** What a row says that had too few requests; the flag gives more. */
function tooShort(what: string, count: number, needed: number, flag: string): string {
  return `too short: ${what} is not judged, ${count} requests where it takes ${needed} (${flag})`;
}

const round = (value: number) => Math.round(10 * value) / 10;

/** Saves so many subjects, which have the model's own weights. */
async function writeSubjects(storeUrl: string, count: number): Promise<void> {
  const store = openStore(storeUrl);
  const { version, weights } = await loadModel(store, "default", "lightman");
  const base = weights as { params: typeof weights; stats: typeof weights };
  const fit = { loss: 1, accuracy: 0.5 };
  for (let i = 0; i < count; i++) {
    await saveSubject(store, "default", `s${i}`, { params: base.params, stats: base.stats }, {
      ...{ model: { name: "lightman", version }, innerSteps: 1, before: fit, after: fit, classes: ["negative"] },
      createdAt: new Date(0).toISOString(),
    });
  }
}

/** p99 over p50 of a server that takes as long for a request and does nothing else, under the same load. */
async function controlRatio(perSecond: number, seconds: number, signal: AbortSignal): Promise<number> {
  const control = await withServer("scripts/_soak/control_host.ts", {}, async ({ url }) => {
    using client = createRawClient(url, new TextEncoder().encode("x"));
    const send = () => client.send();
    await openLoad(perSecond / 2, { send, signal, requests: Math.ceil(SETTLE_SECONDS * perSecond / 2) });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(1000 * seconds)]);
    return await openLoad(perSecond / 2, { send, signal: limit });
  }, [String(1000 / perSecond)]);
  return percentile(control.times, 0.99) / percentile(control.times, 0.5);
}

/** Load on predict: errors at saturation, latency at half of it, memory over many requests of many subjects. */
export async function soakPredict(options: SoakPredictOptions): Promise<SoakRow[]> {
  const { seconds, requests, subjects, signal } = options;
  const folder = await Deno.makeTempDir();
  try {
    const store = `file:${folder}/store`;
    await publishUntrained(openStore(store));
    await writeSubjects(store, subjects);
    return await withServer("functions/predict/main.ts", { LIGHTMAN_STORE: store }, async (server) => {
      const client = createClient(server.url);
      const clips = makeClips(1, { frames: 8, size: 32 });
      using raw = createRawClient(
        `${server.url}/v1/predict`,
        new TextEncoder().encode(JSON.stringify({ clips })),
      );
      const send = () => raw.send();
      const forSeconds = () => AbortSignal.any([signal, AbortSignal.timeout(1000 * seconds)]);
      await closedLoad(4, { send, signal, requests: 50 });

      options.progress?.(0, 3, "saturation");
      const full = await closedLoad(8, { send, signal: forSeconds() });
      const perSecond = full.times.length / full.seconds;
      options.progress?.(1, 3, "half of saturation");
      // The switch itself, from one way of sending to another, is no part of either.
      await openLoad(perSecond / 2, { send, signal, requests: Math.ceil(SETTLE_SECONDS * perSecond / 2) });
      const half = await openLoad(perSecond / 2, { send, signal: forSeconds() });
      const [p50, p99] = [percentile(half.times, 0.5), percentile(half.times, 0.99)];

      const control = await controlRatio(perSecond, seconds, signal);

      options.progress?.(2, 3, "memory");
      const memory: number[] = [];
      const rotating = await closedLoad(4, {
        send: async (i) => {
          await client.predict({ clips, subject: `s${i % subjects}` });
          if (i % Math.max(1, Math.floor(requests / 50)) === 0) memory.push(await server.rss());
        },
        signal,
        requests,
        progress: (done) => options.progress?.(2 + done / requests, 3, "memory"),
      });
      const warm = memory.slice(Math.floor(WARM_UP_SHARE * memory.length));
      const third = Math.max(1, Math.floor(warm.length / 3));
      const [early, late] = [percentile(warm.slice(0, third), 0.5), percentile(warm.slice(-third), 0.5)];
      const growth = late / early - 1;
      const grows = requests >= GROWTH_FROM && growth > FLAT;
      const tailed = half.times.length >= TAIL_FROM && !(p99 <= 3 * p50);
      return [
        {
          what: "predict at saturation",
          ok: full.errors.length === 0,
          faults: full.errors.slice(0, 3),
          figures: {
            seconds: round(full.seconds),
            requests: full.times.length,
            perSecond: round(perSecond),
            p50Ms: round(percentile(full.times, 0.5)),
            p99Ms: round(percentile(full.times, 0.99)),
            errors: full.errors.length,
          },
        },
        {
          what: "predict at half of saturation",
          ok: half.errors.length === 0 && !tailed,
          faults: [...half.errors.slice(0, 3), ...(tailed ? ["p99 is above 3 × p50"] : [])],
          notes: half.times.length < TAIL_FROM ? [tooShort("p99", half.times.length, TAIL_FROM, "--seconds")] : [],
          figures: {
            seconds: round(half.seconds),
            requests: half.times.length,
            p50Ms: round(p50),
            p99Ms: round(p99),
            ratio: Math.round(100 * p99 / p50) / 100,
            controlRatio: Math.round(100 * control) / 100,
            errors: half.errors.length,
          },
        },
        {
          what: "memory of predict",
          ok: rotating.errors.length === 0 && !grows,
          faults: [...rotating.errors.slice(0, 3), ...(grows ? ["memory grows"] : [])],
          notes: requests < GROWTH_FROM ? [tooShort("growth", requests, GROWTH_FROM, "--requests")] : [],
          figures: {
            requests: rotating.times.length,
            subjects,
            earlyMb: round(early / 2 ** 20),
            lateMb: round(late / 2 ** 20),
            growthPercent: round(100 * growth),
            perSecond: round(rotating.times.length / rotating.seconds),
          },
        },
      ];
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
