import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Config } from "../../lib/config/mod.ts";
import type { Job, Theta } from "../../lib/training/_jobs.ts";
import type { TrainState } from "../../lib/training/_meta_train.ts";
import { selectionResult, selectTheta } from "../../lib/training/_select_theta.ts";
import { settleConfig } from "../../lib/training/mod.ts";
import { fakeRunner, startState } from "./_util/fake_runner.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const SET = tinyClips({ subjects: 5, micro: () => 3 });
const VALIDATION = { train: [0, 1], heldout: [3, 4] };

/** A runner whose θ of step s predicts as many clips rightly as `right` says: of θ alone, and after calibration. */
function scoring(right: (step: number) => { before: number; after: number }) {
  return fakeRunner((job: Job) => {
    if (job.kind === "statistics") {
      return {
        clips: job.clips.length,
        layers: Array.from({ length: 4 }, () => ({ channels: 2, data: new Float32Array(4) })),
      };
    }
    if (job.kind !== "evaluate") throw new Error(job.kind);
    const step = (job.weights.params as Theta["params"] & { w: { data: Float32Array } }).w.data[0]!;
    const truth = job.episode.query.map((clip) => SET.labels[clip]!);
    const said = (count: number) => truth.map((label, i) => i < count ? label : (label + 1) % 3);
    const { before, after } = right(step);
    return { subject: job.episode.subject, truth, before: said(before), after: said(after), calibrated: true };
  });
}

/** The state after so many steps; its θ tells the step. */
function stateAt(step: number, { selections }: Pick<TrainState, "selections">): TrainState {
  const params = { w: { dtype: "F32" as const, shape: [2], data: Float32Array.of(step, 0) } };
  return { ...startState(), step, theta: { params, rates: null }, selections };
}

const configOf = (changes: Partial<Config>) =>
  settleConfig(tinyConfig("x", { outerSteps: 7, selectEvery: 2, ...changes }), SET, VALIDATION.train);

async function run(right: Parameters<typeof scoring>[0], shots: readonly number[], changes: Partial<Config> = {}) {
  const config = configOf(changes);
  const runner = scoring(right);
  let state = stateAt(0, { selections: [] });
  for (let step = 0; step <= config.outerSteps; step++) {
    state = await selectTheta(runner, config, SET, stateAt(step, state), { validation: VALIDATION, shots });
  }
  return { state, runner };
}

Deno.test("selectTheta() scores every selectEvery steps and the last, keeps the best, of equals the earlier", async () => {
  const { state } = await run((step) => ({ before: 0, after: [0, 0, 3, 0, 5, 0, 5, 1][step]! }), [1]);
  const [selection] = state.selections;
  assertEquals(selection!.curve.map(({ step }) => step), [2, 4, 6, 7]);
  assertEquals([selection!.best.step, selection!.best.theta], [4, stateAt(4, { selections: [] }).theta]);
  // Each subject's last query clip, of the third class, is taken for the first: F1 of 8/10, 1 and 4/6.
  const [first, second] = selection!.curve;
  assertAlmostEquals(second!.score, (4 / 5 + 1 + 2 / 3) / 3, 1e-12);
  assertEquals([first!.score < second!.score, second!.score, selection!.curve[3]!.score < first!.score], [
    true,
    selection!.curve[2]!.score,
    true,
  ]);
  assertEquals(selectionResult(selection!, 1), {
    shots: 1,
    step: 4,
    score: second!.score,
    curve: selection!.curve,
  });
});

Deno.test("selectTheta() goes by θ alone for no shots, and by what calibration makes of it for some", async () => {
  const { state } = await run((step) => ({ before: step, after: 7 - step }), [0, 1]);
  assertEquals(state.selections.map(({ best }) => best.step), [7, 2]);
});

Deno.test("selectTheta() asks for clips of training and validation subjects only", async () => {
  const { runner } = await run(() => ({ before: 1, after: 1 }), [0, 1]);
  const clips = {
    statistics: new Set<number>(),
    query: new Set<number>(),
    support: new Set<number>(),
    macro: new Set<number>(),
  };
  for (const job of runner.jobs) {
    if (job.kind === "statistics") job.clips.forEach((clip) => clips.statistics.add(SET.subjects[clip]!));
    if (job.kind !== "evaluate") continue;
    for (const part of ["query", "support", "macro"] as const) {
      job.episode[part].forEach((clip) => clips[part].add(SET.subjects[clip]!));
    }
  }
  assertEquals(clips, {
    statistics: new Set([0, 1]),
    query: new Set([3, 4]),
    support: new Set([3, 4]),
    macro: new Set([3, 4]),
  });
});

Deno.test("selectTheta() scores a state once, and nothing when nothing is evaluated or no step was taken", async () => {
  const runner = scoring(() => ({ before: 1, after: 1 }));
  const config = configOf({});
  const options = { validation: VALIDATION, shots: [1] };
  const first = stateAt(0, { selections: [] });
  assertEquals(await selectTheta(runner, config, SET, first, options), first);
  const none = stateAt(2, { selections: [] });
  assertEquals(await selectTheta(runner, config, SET, none, { ...options, shots: [] }), none);
  assertEquals(runner.jobs.length, 0);
  const scored = await selectTheta(runner, config, SET, none, options);
  const asked = runner.jobs.length;
  assertEquals(await selectTheta(runner, config, SET, scored, options), scored);
  assertEquals([asked > 0, runner.jobs.length], [true, asked]);
});
