import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../lib/autodiff/mod.ts";
import { type ClipWork, estimateBytes, metaGradient } from "../../lib/meta/mod.ts";
import { type Architecture, initParams } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { mapTree } from "../../lib/tree/mod.ts";

/** Bytes of the WASM heap, which never shrinks. */
function heapBytes(): number {
  return (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.buffer.byteLength;
}

/** One meta-gradient on grey noise. */
function step(
  architecture: Architecture,
  size: number,
  { support, query = 0, macro = 0, innerSteps, order }: ClipWork,
) {
  const { frames, inputChannels } = architecture;
  tf.tidy(() => {
    const clips = (count: number, seed: number) =>
      constant(tf.randomUniform([count, frames, size, size, inputChannels], 0, 1, "float32", seed));
    const labels = (count: number) => Array.from({ length: count }, (_, i) => i % architecture.classes);
    const theta = initParams(architecture, createRandom(0, "init"));
    const task = {
      support: clips(support, 1),
      supportLabels: labels(support),
      query: clips(query, 2),
      queryLabels: labels(query),
      macro: macro === 0 ? null : clips(macro, 3),
    };
    metaGradient(theta, task, {
      architecture,
      alpha: 0.1,
      innerSteps,
      firstOrder: order === 1,
      lambda1: 0.5,
      lambda2: 0.5,
      aux: "mmd",
      sigma: "median",
      norm: "support",
    });
    mapTree(theta, (tensor) => tensor.dispose());
  });
}

Deno.test("estimateBytes() is no less than the WASM heap that a step needs, and little more", async () => {
  await chooseBackend("wasm");
  const shape = { frames: 4, inputChannels: 1, classes: 3 } as const;
  const clips = { support: 9, query: 9, macro: 6 };
  // From small to large, for the heap never shrinks.
  for (
    const [architecture, size, work] of [
      [{ ...shape, decoder: "unet", channels: 16 }, 32, { ...clips, innerSteps: 1, order: 1 }],
      [{ ...shape, decoder: "none", channels: 16 }, 32, { ...clips, innerSteps: 1, order: 2 }],
      [{ ...shape, decoder: "unet", channels: 16 }, 32, { ...clips, innerSteps: 1, order: 2 }],
      [{ ...shape, decoder: "unet", channels: 16 }, 32, { ...clips, support: 18, innerSteps: 2, order: 2 }],
    ] as const
  ) {
    step(architecture, size, work);
    const [estimate, heap] = [estimateBytes(architecture, size, work), heapBytes()];
    assert(estimate > 0.97 * heap && estimate < 1.3 * heap + 40e6, `${estimate} for ${heap}, ${JSON.stringify(work)}`);
  }
});

Deno.test("estimateBytes() grows with everything that a step is made of", () => {
  const small = { decoder: "none", channels: 8, frames: 8, inputChannels: 1, classes: 3 } as const;
  const work = { support: 6, query: 6, macro: 6, innerSteps: 1, order: 2 } as const;
  const bytes = estimateBytes(small, 32, work);
  for (
    const [architecture, size, more] of [
      [{ ...small, decoder: "unet" }, 32, work],
      [{ ...small, channels: 9 }, 32, work],
      [{ ...small, frames: 9 }, 32, work],
      [{ ...small, inputChannels: 3 }, 32, work],
      [small, 33, work],
      [small, 32, { ...work, support: 7 }],
      [small, 32, { ...work, query: 7 }],
      [small, 32, { ...work, macro: 7 }],
      [small, 32, { ...work, innerSteps: 2 }],
    ] as const
  ) assert(estimateBytes(architecture, size, more) > bytes, JSON.stringify([architecture, size, more]));
  assert(estimateBytes(small, 32, { ...work, order: 1 }) < bytes);
  assert(estimateBytes(small, 32, { ...work, order: 0 }) < estimateBytes(small, 32, { ...work, order: 1 }));
});
