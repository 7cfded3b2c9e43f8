import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fitTemperature } from "../../lib/eval/mod.ts";
import type { ModelCard } from "../../lib/inference/mod.ts";
import { fitTemperatures } from "../../lib/training/_fit_temperatures.ts";
import { settleConfig } from "../../lib/training/mod.ts";
import { fakeRunner } from "./_util/fake_runner.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

/** Subject 2 has a single clip of each class, so nothing to be calibrated on. */
const SET = tinyClips({ subjects: 4, micro: (subject) => subject === 2 ? 1 : 4 });
const VALIDATION = { train: [0], heldout: [1, 2] };

const [SURE, UNSURE] = [[0.96, 0.02, 0.02], [0.6, 0.2, 0.2]] as const;

/** Probabilities of a clip of a class: the third is taken for the first. */
function rowOf(label: number, [most, ...rest]: readonly number[]): number[] {
  return rest.toSpliced(label % 2, 0, most!);
}

/** Surer before calibration than after; where nothing is calibrated, after is as before. */
function run(heldout: readonly number[]) {
  const config = settleConfig(tinyConfig("x"), SET, [0]);
  const runner = fakeRunner((job) => {
    if (job.kind !== "evaluate") throw new Error(job.kind);
    const truth = job.episode.query.map((clip) => SET.labels[clip]!);
    const rows = (row: readonly number[]) => Float32Array.from(truth.flatMap((label) => rowOf(label, row)));
    const calibrated = job.episode.support.length > 0;
    const probabilities = { before: rows(SURE), after: rows(calibrated ? UNSURE : SURE) };
    return { subject: job.episode.subject, truth, before: truth, after: truth, calibrated, probabilities };
  });
  const model = { weights: {}, card: { classes: SET.classes } as unknown as ModelCard };
  return fitTemperatures(runner, config, SET, { ...VALIDATION, heldout }, model);
}

/** Of three clips, one of each class. */
const fitOf = (row: readonly number[]) =>
  fitTemperature([0, 1, 2].map((label) => rowOf(label, row).map(Math.log)), [0, 1, 2]);

Deno.test("fitTemperatures() fits the temperature after calibration on those alone who were calibrated", async () => {
  const { base, calibrated } = (await run([1, 2]))!;
  assertAlmostEquals(base, fitOf(SURE), 1e-5);
  assertAlmostEquals(calibrated, fitOf(UNSURE), 1e-5);
});

Deno.test("fitTemperatures() takes the temperature of θ for both where nobody can be calibrated", async () => {
  const { base, calibrated } = (await run([2]))!;
  assertEquals(calibrated, base);
  assertEquals(await fitTemperatures(fakeRunner(() => null), tinyConfig("x"), SET, null, {} as never), null);
});
