import type { Predictor } from "../../lib/inference/mod.ts";
import { yieldToEvents } from "../../lib/process/mod.ts";

interface Waiting {
  readonly clips: Uint8Array;
  resolve(probabilities: Float32Array): void;
  reject(error: unknown): void;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Joins the clips of requests that come in the same moment into one run of the network, which costs less than a run for
 * each. Every clip is answered on its own, so no answer changes.
 *
 * @param predictor What all of them want.
 * @param clipBytes Bytes of a clip.
 * @returns Class probabilities of a request's clips, `[B, N]`.
 */
export function batchPredictions(predictor: Predictor, clipBytes: number): Predictor["predict"] {
  let line: Waiting[] = [];

  async function run(): Promise<void> {
    // Who is about to have decoded its clips comes along; who comes later is of the next run, whatever becomes of this one.
    await yieldToEvents().catch(() => {});
    const group = line;
    line = [];
    try {
      const batch = concatenated(group.map(({ clips }) => clips));
      const probabilities = await predictor.predict(batch);
      const classes = probabilities.length * clipBytes / batch.length;
      let at = 0;
      for (const { clips, resolve } of group) {
        const end = at + clips.length / clipBytes * classes;
        resolve(probabilities.slice(at, end));
        at = end;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return (clips) =>
    new Promise((resolve, reject) => {
      line.push({ clips, resolve, reject });
      if (line.length === 1) run();
    });
}
