import { ClientError, createClient } from "../../lib/client/mod.ts";
import { loadSubject, openStore } from "../../lib/storage/mod.ts";
import { publishUntrained } from "../_lib/publish_untrained.ts";
import { closedLoad, openLoad } from "./load.ts";
import { makeClips } from "./make_clips.ts";
import { percentile } from "./percentile.ts";
import type { SoakOptions, SoakRow } from "./types.ts";
import { withServer } from "./with_server.ts";

/** How long and how much. */
export interface SoakCalibrationsOptions extends SoakOptions {
  readonly calibrations: number;
  /** Clips of each calibration. */
  readonly clips: number;
  /** Of the load that finds saturation. */
  readonly seconds: number;
}

const round = (value: number) => Math.round(10 * value) / 10;

/** Calibrations at one time on adapt, while another process predicts at half of its saturation. */
export async function soakCalibrations(options: SoakCalibrationsOptions): Promise<SoakRow[]> {
  const { calibrations, signal } = options;
  const folder = await Deno.makeTempDir();
  try {
    const store = openStore(`file:${folder}/store`);
    const env = { LIGHTMAN_STORE: store.url };
    await publishUntrained(store);
    return await withServer(
      "functions/predict/main.ts",
      env,
      (predict) =>
        withServer("functions/adapt/main.ts", env, async (adapt) => {
          const client = createClient({ predict: predict.url, adapt: adapt.url });
          const clips = makeClips(1, { frames: 8, size: 32 });
          let refused = 0;
          const send = async () => {
            try {
              await client.predict({ clips }, { signal });
            } catch (error) {
              // A full server says so, and when to come again: that is no lost request.
              if (!(error instanceof ClientError && error.status === 503 && error.retryAfter !== null)) throw error;
              refused++;
            }
          };
          await closedLoad(4, { send, signal, requests: 30 });
          const forSeconds = AbortSignal.any([signal, AbortSignal.timeout(1000 * options.seconds)]);
          const full = await closedLoad(8, { send, signal: forSeconds });
          const rate = full.times.length / full.seconds / 2;

          const quiet = await openLoad(rate, { send, signal, requests: Math.ceil(rate * options.seconds) });
          options.progress?.(1, 2, "calibrations");
          refused = 0;
          const done = new AbortController();
          const stop = AbortSignal.any([signal, done.signal]);
          const meanwhile = openLoad(rate, { send, signal: stop });
          const begun = performance.now();
          const answers = await Promise.allSettled(
            Array.from({ length: calibrations }, (_, i) =>
              client.calibrate(`s${i}`, { clips: makeClips(options.clips, { frames: 8, size: 32, phase: i }) }, {
                signal,
              })),
          );
          const seconds = (performance.now() - begun) / 1000;
          done.abort();
          const { times, errors } = await meanwhile;

          const faults = [...errors];
          for (const [i, answer] of answers.entries()) {
            if (answer.status === "rejected") {
              faults.push(`calibration ${i}: ${answer.reason}`);
              continue;
            }
            const { version } = answer.value;
            const stored = await loadSubject(store, "default", `s${i}`).catch((error) =>
              String(error)
            );
            if (typeof stored === "string" || stored.version !== version) {
              faults.push(`s${i} is not as it was acknowledged`);
            }
            const own = await client.predict({ clips, subject: `s${i}` }, { signal });
            if (own.subject?.version !== version) faults.push(`s${i} is not answered with its own version`);
          }
          return [{
            what: "predict while adapt calibrates",
            ok: faults.length === 0,
            faults: faults.slice(0, 3),
            figures: {
              calibrations: answers.filter(({ status }) => status === "fulfilled").length,
              clips: options.clips,
              seconds: round(seconds),
              predictions: times.length - refused,
              refused,
              perSecond: round(rate),
              quietP50Ms: round(percentile(quiet.times, 0.5)),
              quietP99Ms: round(percentile(quiet.times, 0.99)),
              p50Ms: round(percentile(times, 0.5)),
              p99Ms: round(percentile(times, 0.99)),
            },
          }];
        }),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
