import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { farneback } from "../../lib/data/_farneback.ts";
import { flowClip } from "../../lib/data/_flow_clip.ts";
import { loadOpenCv } from "../../lib/data/_load_opencv.ts";
import { axisWeights, resize } from "../../lib/data/_resize.ts";
import { createRandom } from "../../lib/random/mod.ts";

const NATIVE = 256;
const random = createRandom(7, "waves");
const WAVES = Array.from({ length: 60 }, () => {
  const frequency = Math.exp(random.range(Math.log(.02), Math.log(.6)));
  const [angle, phase] = [random.range(0, 2 * Math.PI), random.range(0, 2 * Math.PI)];
  return {
    x: frequency * Math.cos(angle),
    y: frequency * Math.sin(angle),
    phase,
    weight: 6 / Math.sqrt(frequency + .02),
  };
});

/** A smooth random texture at the pixel centres of a 256 × 256 picture, moved by u(x, y), v(x, y), taken to `size`. */
function picture(size: number, move: (x: number, y: number) => readonly [number, number]): Uint8Array {
  const native = new Float32Array(NATIVE * NATIVE);
  for (let y = 0; y < NATIVE; y++) {
    for (let x = 0; x < NATIVE; x++) {
      const [u, v] = move(x, y);
      let value = 128;
      for (const wave of WAVES) value += wave.weight * Math.cos(wave.x * (x - u) + wave.y * (y - v) + wave.phase);
      native[y * NATIVE + x] = value;
    }
  }
  const axis = axisWeights(NATIVE, size);
  const bytes = Uint8ClampedArray.from(resize(native, { width: NATIVE, channels: 1 }, axis, axis));
  return new Uint8Array(bytes.buffer);
}

/** Relative error of the flow of a bump, as a mouth corner moves: 2 pixels of 256 at most, σ = 24. */
async function bumpError(size: number, flowSize: number): Promise<number> {
  const bump = (x: number, y: number) => Math.exp(-((x - 170) ** 2 + (y - 180) ** 2) / (2 * 24 ** 2));
  const still = picture(flowSize, () => [0, 0]);
  const moved = picture(flowSize, (x, y) => [1.6 * bump(x, y), -1.2 * bump(x, y)]);
  const range = 2 * size / NATIVE;
  const settings = { method: "farneback", size: flowSize, scaling: "fixed", range, strainRange: .125 } as const;
  const got = await flowClip(new Uint8Array([...still, ...moved]), size, settings);
  let [off, all] = [0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const scale = NATIVE / size;
      const truth = bump((x + .5) * scale - .5, (y + .5) * scale - .5);
      [1.6 * truth, -1.2 * truth].forEach((want, c) => {
        const value = (got[(y * size + x) * 3 + c]! - 128) / 127 * range * scale;
        off += (value - want) ** 2;
        all += want ** 2;
      });
    }
  }
  return Math.sqrt(off / all);
}

Deno.test("flow at the default 112 or 128 pixels finds a movement that flow at the output's size misses", async () => {
  for (const [size, fine] of [[28, 112], [32, 128], [64, 128]] as const) {
    const [coarse, error] = [await bumpError(size, size), await bumpError(size, fine)];
    assert(error < .2, `${error} of the movement at ${size} px`);
    assert(error < .6 * coarse, `${error} against ${coarse}`);
  }
});

Deno.test("farneback() measures a shift of the whole picture in pixels, u to the right and v downwards", async () => {
  const [a, b] = [picture(64, () => [0, 0]), picture(64, () => [2, -1.2])]; // a quarter of it at 64 pixels
  const flow = await farneback(new Uint8Array([...a, ...b]), 64);
  const mean = (c: number) => flow.filter((_, i) => i % 2 === c).reduce((sum, value) => sum + value) / 4096;
  assertAlmostEquals(mean(0), .5, .05);
  assertAlmostEquals(mean(1), -.3, .05);
});

Deno.test("farneback() frees every matrix, also when OpenCV fails", async () => {
  const { cv } = await loadOpenCv() as unknown as { cv: Record<string, unknown> };
  const { Mat, calcOpticalFlowFarneback } = cv as { Mat: new (...args: unknown[]) => object; [key: string]: unknown };
  let alive = 0;
  cv.Mat = new Proxy(Mat, {
    construct(target, args) {
      const mat = new target(...args) as { delete(): void };
      const free = mat.delete.bind(mat);
      alive++;
      mat.delete = () => (alive--, free());
      return mat;
    },
  });
  try {
    for (let i = 0; i < 200; i++) {
      await farneback(Uint8Array.from({ length: 3 * 256 }, (_, j) => (i + j * j) % 251), 16);
    }
    assertEquals(alive, 0);
    cv.calcOpticalFlowFarneback = () => {
      throw new Error("out of memory");
    };
    await assertRejects(() => farneback(Uint8Array.from({ length: 512 }, (_, j) => j % 251), 16), Error, "memory");
    assertEquals(alive, 0);
  } finally {
    Object.assign(cv, { Mat, calcOpticalFlowFarneback });
  }
});
