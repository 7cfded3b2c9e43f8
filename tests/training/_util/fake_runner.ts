import type { GradientResult, Job, JobResults, JobRunner, Theta } from "../../../lib/training/_jobs.ts";
import type { TrainState } from "../../../lib/training/_meta_train.ts";
import { adam } from "../../../lib/meta/mod.ts";

/** θ of one parameter tensor. */
export const THETA: Theta["params"] = { w: { dtype: "F32", shape: [2], data: Float32Array.of(1, -1) } };

/** A gradient whose every entry is the same. */
export function gradient(value: number, changes: Partial<GradientResult> = {}): GradientResult {
  return { params: { w: Float32Array.of(value, value) }, rates: null, loss: value, accuracy: 0.5, ...changes };
}

/** A runner that answers by a function and keeps the jobs it was asked for. */
export function fakeRunner(answer: (job: Job, index: number) => unknown): JobRunner & { readonly jobs: Job[] } {
  const jobs: Job[] = [];
  return {
    jobs,
    run<K extends Job["kind"]>(asked: readonly Extract<Job, { kind: K }>[]) {
      const first = jobs.length;
      jobs.push(...asked);
      return Promise.resolve(asked.map((job, i) => answer(job, first + i) as JobResults[K]));
    },
    close() {},
  };
}

/** The first state of {@linkcode THETA}. */
export function startState(): TrainState {
  const moments = { params: adam().init({ w: Float32Array.of(1, -1) }), rates: null };
  return { step: 0, theta: { params: THETA, rates: null }, moments, history: [], selections: [] };
}
