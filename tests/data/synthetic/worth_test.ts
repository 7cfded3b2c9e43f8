import { assert } from "@std/assert";
import {
  renderClip,
  SYNTHETIC_CLASSES,
  type SyntheticClip,
  syntheticManifest,
} from "../../../lib/data/synthetic/mod.ts";
import { trainRidge } from "./_classifiers.ts";

/** The data set's worth, measured with ridge regression on coarse pictures: apex minus onset, or the onset alone. */
const SIZE = 32;
const BLOCKS = 16;
/** Micro clips a class that calibrate a held-out subject. */
const SHOTS = 5;

interface Sample {
  readonly clip: SyntheticClip;
  readonly label: number;
  readonly difference: Float64Array;
  readonly onset: Float64Array;
}

function samples(rho: number, subjects = 24): Sample[] {
  const plan = {
    seed: 101,
    rho,
    trainSubjects: subjects,
    holdoutSubjects: subjects,
    trainClips: 5,
    holdoutClips: 9,
    macroClips: 0,
  };
  return syntheticManifest(plan).map((clip) => {
    const pixels = renderClip(clip, { size: SIZE });
    const frame = SIZE * SIZE;
    const onset = blocks(pixels.subarray(0, frame));
    const apex = blocks(pixels.subarray((clip.apex - clip.onset) * frame, (clip.apex - clip.onset + 1) * frame));
    const label = SYNTHETIC_CLASSES.indexOf(clip.label);
    return { clip, label, onset, difference: apex.map((value, i) => value - onset[i]!) };
  });
}

/** Block averages `[BLOCKS · BLOCKS]` of a picture. */
function blocks(picture: Uint8Array): Float64Array {
  const out = new Float64Array(BLOCKS * BLOCKS);
  const side = SIZE / BLOCKS;
  picture.forEach((value, i) => {
    out[Math.floor(i / SIZE / side) * BLOCKS + Math.floor((i % SIZE) / side)]! += value / side ** 2;
  });
  return out;
}

/** Percent right of `tested`, after training on `trained`. */
function percent(trained: readonly Sample[], tested: readonly Sample[], input: "difference" | "onset"): number {
  const predict = trainRidge(trained.map((s) => s[input]), trained.map((s) => s.label), SYNTHETIC_CLASSES.length, 3);
  return 100 * tested.filter((s) => predict(s[input]) === s.label).length / tested.length;
}

/** One classifier for all: trained on the training subjects, tested on the held-out ones. */
function pooled(all: readonly Sample[], input: "difference" | "onset"): number {
  return percent(all.filter((s) => s.clip.split === "train"), all.filter((s) => s.clip.split === "holdout"), input);
}

/** One classifier a held-out subject: trained on its first SHOTS clips a class, tested on its others. */
function perSubject(all: readonly Sample[], input: "difference" | "onset"): number {
  const held = Map.groupBy(all.filter((s) => s.clip.split === "holdout"), (s) => s.clip.subject);
  const shot = (s: Sample) => Number(s.clip.id.slice(-2)) <= SHOTS;
  const each = [...held.values()].map((own) => percent(own.filter(shot), own.filter((s) => !shot(s)), input));
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

Deno.test("a pooled classifier reads everyone at rho = 0", () => {
  const accuracy = pooled(samples(0, 12), "difference");
  assert(accuracy >= 85, `${accuracy} %`);
});

Deno.test("at rho = 0.6 a pooled classifier is partly right and five clips a class make it much better", () => {
  const all = samples(0.6);
  const [one, own] = [pooled(all, "difference"), perSubject(all, "difference")];
  assert(one >= 45 && one <= 70, `pooled ${one} %`);
  assert(own >= 80 && own >= one + 20, `per subject ${own} %, pooled ${one} %`);
});

Deno.test("at rho = 1 no pooled classifier is right for all, but each subject's own is", () => {
  const all = samples(1);
  const [one, own] = [pooled(all, "difference"), perSubject(all, "difference")];
  assert(one <= 100 / 3 + 10, `pooled ${one} %`);
  assert(own >= 80, `per subject ${own} %`);

  // Nothing leaks through identity or light: the onset frame alone tells nothing. 648 and 288 clips: 3.5 standard
  // deviations of chance are 6.5 and 9.7 points.
  const [leakOne, leakOwn] = [pooled(all, "onset"), perSubject(all, "onset")];
  assert(Math.abs(leakOne - 100 / 3) < 6.5, `pooled, onset alone: ${leakOne} %`);
  assert(Math.abs(leakOwn - 100 / 3) < 9.7, `per subject, onset alone: ${leakOwn} %`);
});
