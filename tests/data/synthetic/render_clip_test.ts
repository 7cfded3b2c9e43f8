import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { renderClip, type SyntheticClip, syntheticManifest } from "../../../lib/data/synthetic/mod.ts";

/** A clip without anything but its expression. */
function plain(changes: Partial<SyntheticClip> = {}): SyntheticClip {
  const clip = syntheticManifest({ trainSubjects: 1, holdoutSubjects: 0, seed: 3 })[0]!;
  return {
    ...clip,
    onset: 1,
    apex: 3,
    offset: 5,
    asymmetry: 0,
    nuisance: {
      pose: { x: 0, y: 0, roll: 0, scale: 0 },
      drift: { x: 0, y: 0, roll: 0 },
      blink: null,
      light: { gain: 1, x: 0, y: 0 },
      flicker: { depth: 0, rate: 0, phase: 0 },
      noise: { deviation: 0, seed: 1 },
    },
    ...changes,
  };
}

/** Apex minus onset, `[H · W]`. */
function difference(clip: SyntheticClip, size: number): number[] {
  const pixels = renderClip(clip, { size });
  const apex = (clip.apex - clip.onset) * size * size;
  return Array.from({ length: size * size }, (_, i) => pixels[apex + i]! - pixels[i]!);
}

Deno.test("renderClip() gives [M, H, W, C] bytes, the same each time", () => {
  const clip = syntheticManifest({ trainSubjects: 1, seed: 2 })[4]!;
  const frames = clip.offset - clip.onset + 1;
  assertEquals(renderClip(clip, { size: 20, channels: 3 }).length, frames * 20 * 20 * 3);
  assertEquals(renderClip(clip), renderClip(structuredClone(clip)));
});

Deno.test("renderClip() shows a still face when nothing moves", () => {
  assertEquals(new Set(difference(plain({ amplitude: 0 }), 32)), new Set([0]));
});

Deno.test("renderClip() moves the brows up by the amplitude at the apex", () => {
  const size = 128;
  const clip = plain({ expression: [1, 0, 0, 0, 0, 0], amplitude: 2 / 64 });
  const pixels = renderClip(clip, { size });
  const apex = (clip.apex - clip.onset) * size * size;
  const { brow } = clip.face;
  const column = Math.round(((brow.inner + brow.outer) / 2 + 0.5) * size);
  const row = Math.round((brow.y + 0.5) * size);
  // The vertical shift of a patch around the brow that matches best.
  let best = { shift: NaN, error: Infinity };
  for (let shift = -8; shift <= 8; shift++) {
    let error = 0;
    for (let y = row - 4; y <= row + 4; y++) {
      for (let x = column - 6; x <= column + 6; x++) {
        error += (pixels[apex + (y + shift) * size + x]! - pixels[y * size + x]!) ** 2;
      }
    }
    if (error < best.error) best = { shift, error };
  }
  assertAlmostEquals(best.shift, -clip.amplitude * size, 1);
});

Deno.test("renderClip() raises the left half more than the right with a positive asymmetry", () => {
  const change = difference(plain({ expression: [1, 0, 0, 0, 0, 0], amplitude: 1 / 64, asymmetry: 0.25 }), 64);
  const half = (side: number) =>
    change.filter((_, i) => (i % 64 < 32 ? 0 : 1) === side).reduce((sum, d) => sum + Math.abs(d), 0);
  assert(half(0) > 1.2 * half(1));
});

Deno.test("renderClip() shows the same motion in a smaller picture", () => {
  const clip = plain({ amplitude: 2 / 64 });
  // Thin lines (lashes, lips) are sampled more coarsely in a smaller picture, hence no perfect match.
  for (const { size, likeness } of [{ size: 32, likeness: 0.92 }, { size: 64, likeness: 0.97 }]) {
    const [large, small] = [difference(clip, 2 * size), difference(clip, size)];
    let [xy, xx, yy] = [0, 0, 0];
    small.forEach((value, i) => {
      const at = Math.floor(i / size) * 4 * size + (i % size) * 2;
      const mean = (large[at]! + large[at + 1]! + large[at + 2 * size]! + large[at + 2 * size + 1]!) / 4;
      xy += value * mean;
      xx += mean * mean;
      yy += value * value;
    });
    assert(xy / Math.sqrt(xx * yy) > likeness, `correlation ${xy / Math.sqrt(xx * yy)}`);
    assertAlmostEquals(Math.sqrt(yy / xx), 1, 0.1);
  }
});

Deno.test("renderClip() returns towards the onset at the offset, with more change the larger the amplitude", () => {
  const change = (amplitude: number) => difference(plain({ amplitude }), 32).reduce((sum, d) => sum + Math.abs(d), 0);
  assert(change(0.5 / 64) > 0 && change(0.5 / 64) < change(1 / 64) && change(1 / 64) < change(2 / 64));
  const pixels = renderClip(plain({ amplitude: 2 / 64 }));
  const left = pixels.slice(4 * 1024).reduce((sum, value, i) => sum + Math.abs(value - pixels[i]!), 0);
  assert(left < 0.25 * change(2 / 64));
});

Deno.test("renderClip() opens a dark mouth when the jaw drops", () => {
  const clip = plain({ expression: [0, 0, 0, 0, 1, 0], amplitude: 5 / 64 });
  const change = difference(clip, 64);
  const rows = [0, 1, 2, 3, 4].map((down) => change[Math.round((clip.face.mouth.y + 0.5) * 64 + down) * 64 + 32]!);
  assert(Math.min(...rows) < -40, `changes below the mouth's line: ${rows}`);
});

Deno.test("renderClip() closes the lids in a blink, after the first frame", () => {
  const base = plain({ amplitude: 0 });
  const clip = { ...base, nuisance: { ...base.nuisance, blink: { middle: 2, half: 3, depth: 1 } } };
  const [open, blinking] = [renderClip(base, { size: 64 }), renderClip(clip, { size: 64 })];
  assertEquals(blinking.slice(0, 4096), open.slice(0, 4096));
  const changed = [...blinking.slice(2 * 4096, 3 * 4096)].flatMap((value, i) => value === open[i]! ? [] : [i]);
  const { eye } = clip.face;
  assert(changed.length > 20);
  for (const i of changed) {
    const [x, y] = [Math.abs((i % 64 + 0.5) / 64 - 0.5), (Math.floor(i / 64) + 0.5) / 64 - 0.5];
    assert(Math.abs(x - eye.x) < eye.width * 1.3 && Math.abs(y - eye.y) < 0.07, `a change at ${x}, ${y}`);
  }
});

Deno.test("renderClip() adds noise of the stated deviation", () => {
  const base = plain({ amplitude: 0 });
  const noisy = renderClip({ ...base, nuisance: { ...base.nuisance, noise: { deviation: 2, seed: 5 } } });
  const still = renderClip(base);
  const square = noisy.reduce((sum, value, i) => sum + (value - still[i]!) ** 2, 0) / noisy.length;
  assertAlmostEquals(Math.sqrt(square), 2, 0.15);
});

Deno.test("renderClip() refuses sizes and channels out of range", () => {
  assertThrows(() => renderClip(plain(), { size: 4 }), RangeError, "expected a size in [8, 1024], got 4");
  assertThrows(() => renderClip(plain(), { size: 32.5 }), RangeError, "got 32.5");
  assertThrows(() => renderClip(plain(), { channels: 2 as 1 }), RangeError, "expected 1 or 3 channels, got 2");
});
