import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  SYNTHETIC_CLASSES,
  type SyntheticClip,
  syntheticHoldout,
  syntheticManifest,
} from "../../../lib/data/synthetic/mod.ts";

Deno.test("syntheticManifest() plans the default set in at most 10000 frames, whatever the seed", () => {
  for (const seed of [0, 1, 77, 1234]) {
    const clips = syntheticManifest({ seed });
    assertEquals(clips.filter((clip) => clip.kind === "micro").length, 24 * 36 + 12 * 45);
    assertEquals(clips.filter((clip) => clip.kind === "macro").length, 36 * 9);
    const frames = clips.reduce((sum, clip) => sum + clip.offset - clip.onset + 1, 0);
    assert(frames <= 10_000, `seed ${seed}: ${frames} frames`);
    assertEquals(new Set(clips.map((clip) => clip.id)).size, clips.length);
  }
});

Deno.test("syntheticManifest() is deterministic, and another seed gives other faces", () => {
  const options = { trainSubjects: 2, holdoutSubjects: 1, seed: 40 };
  assertEquals(syntheticManifest(options), syntheticManifest(options));
  assert(syntheticManifest(options)[0]!.face.mouth.y !== syntheticManifest({ ...options, seed: 41 })[0]!.face.mouth.y);
});

Deno.test("syntheticManifest() gives the same clip whatever stands beside it", () => {
  const few = syntheticManifest({ trainSubjects: 3, holdoutSubjects: 0, trainClips: 2, macroClips: 1 });
  const many = new Map(syntheticManifest({ trainSubjects: 9, trainClips: 5 }).map((clip) => [clip.id, clip]));
  for (const clip of few) assertEquals(many.get(clip.id), clip);
});

Deno.test("syntheticManifest() keeps micro and macro clips in their ranges of size and time", () => {
  for (const clip of syntheticManifest({ seed: 5 })) {
    const seconds = (clip.offset - clip.onset) / clip.fps;
    const pixels = clip.amplitude * 64;
    assert(clip.onset < clip.apex && clip.apex < clip.offset);
    if (clip.kind === "micro") assert(pixels >= 0.5 && pixels <= 2 && seconds >= 1 / 25 && seconds <= 1 / 3);
    else assert(pixels >= 3.5 && pixels <= 5 && seconds >= 0.5 && seconds <= 1);
  }
});

Deno.test("syntheticManifest() draws time, size, light and noise without regard to the class", () => {
  const clips = syntheticManifest({ trainSubjects: 60, seed: 8 }).filter((clip) => clip.kind === "micro");
  const measures: Record<string, (clip: SyntheticClip) => number> = {
    duration: (clip) => clip.offset - clip.onset,
    apex: (clip) => (clip.apex - clip.onset) / (clip.offset - clip.onset),
    amplitude: (clip) => clip.amplitude,
    asymmetry: (clip) => Math.abs(clip.asymmetry),
    gain: (clip) => clip.nuisance.light.gain,
    drift: (clip) => Math.hypot(clip.nuisance.drift.x, clip.nuisance.drift.y),
    flicker: (clip) => clip.nuisance.flicker.depth,
    noise: (clip) => clip.nuisance.noise.deviation,
    blink: (clip) => clip.nuisance.blink === null ? 0 : 1,
  };
  for (const [name, measure] of Object.entries(measures)) {
    const all = meanAndDeviation(clips.map(measure));
    for (const label of SYNTHETIC_CLASSES) {
      const mine = clips.filter((clip) => clip.label === label).map(measure);
      const z = (meanAndDeviation(mine).mean - all.mean) / (all.deviation / Math.sqrt(mine.length));
      assert(Math.abs(z) < 3.5, `${name} of ${label}: z = ${z}`);
    }
  }
});

Deno.test("syntheticManifest() tells training from held-out subjects, as syntheticHoldout() names them", () => {
  const options = { trainSubjects: 3, holdoutSubjects: 2 };
  const held = new Set(
    syntheticManifest(options).filter((clip) => clip.split === "holdout").map((clip) =>
      `${clip.database}/${clip.subject}`
    ),
  );
  assertEquals([...held], syntheticHoldout(options));
  assertEquals(syntheticHoldout(options), ["synthetic/s04", "synthetic/s05"]);
});

Deno.test("syntheticManifest() refuses options out of range", () => {
  for (
    const bad of [{ rho: 1.1 }, { rho: -0.1 }, { rho: NaN }, { seed: 0.5 }, { trainSubjects: -1 }, { macroClips: 1.5 }]
  ) {
    assertThrows(() => syntheticManifest(bad), RangeError, "Cannot plan a synthetic data set");
  }
});

function meanAndDeviation(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}
