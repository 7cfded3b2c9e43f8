import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { type Architecture, initParams, parameterShapes } from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { flattenTree } from "../../lib/tree/mod.ts";
import { leafAt, SMALL } from "../_util/network.ts";

const ARCHITECTURES: readonly (readonly [Architecture, number])[] = [
  // 4 blocks of 9·C·C + 3·C (the first 9·C), temporal 2·9·C·C + C, head C·N + N
  [SMALL, 9 * 3 + 3 * 81 + 36 + 18 * 9 + 3 + 12],
  [{ ...SMALL, channels: 16, frames: 8, inputChannels: 3 }, 432 + 3 * 2304 + 192 + 6 * 2304 + 16 + 51],
  // two branches of encoder 9·C·C + C, three up 18·C·C + C, three out C·C + C; the head reads 3·C
  [{ ...SMALL, decoder: "unet" }, 27 + 243 + 36 + 162 + 3 + 2 * (84 + 3 * 165 + 3 * 12) + 30],
  // no head; a relation module of 2F·F + F and F + 1
  [{ ...SMALL, head: "euclidean" }, 27 + 243 + 36 + 162 + 3],
  [{ ...SMALL, head: "relation" }, 27 + 243 + 36 + 162 + 3 + 21 + 4],
];

for (const [architecture, count] of ARCHITECTURES) {
  Deno.test(`initParams() of ${JSON.stringify(architecture)} has the ${count} parameters of parameterShapes()`, async () => {
    await chooseBackend("cpu");
    const leaves = flattenTree(initParams(architecture, createRandom(0)));
    assertEquals(leaves.map(([path, tensor]) => [path, tensor.shape]), parameterShapes(architecture));
    assertEquals(leaves.reduce((sum, [, tensor]) => sum + tensor.size, 0), count);
    tf.dispose(leaves.map(([, tensor]) => tensor));
  });
}

Deno.test("initParams() draws He-normal filters, zero biases and unit γ, the same for the same stream", async () => {
  await chooseBackend("cpu");
  tf.tidy(() => {
    const wide = { ...SMALL, channels: 24, decoder: "unet" } as const;
    const params = initParams(wide, createRandom(5, "init"));
    const { relation } = initParams({ ...wide, head: "relation" }, createRandom(5, "init"));
    for (const [path, tensor] of flattenTree({ ...params, relation: relation! })) {
      const values = [...tensor.dataSync()];
      if (path.endsWith(".w")) {
        const fanIn = tensor.size / tensor.shape[tensor.rank - 1]!;
        const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
        // A sample variance of n normals is off by √(2/n); four of these hold for every tensor here.
        const expected = (["head.w", "relation.out.w"].includes(path) ? 1 : 2) / fanIn;
        assertAlmostEquals(variance / expected, 1, 4 * Math.sqrt(2 / values.length), path);
      } else {
        assert(values.every((value) => value === (path.endsWith(".gamma") ? 1 : 0)), path);
      }
    }
    const first = (seed: number) => leafAt(initParams(wide, createRandom(seed, "init")), "conv1.w").dataSync();
    assertEquals(first(5), leafAt(params, "conv1.w").dataSync());
    assertNotEquals(first(6), first(5));
  });
});

Deno.test("parameterShapes() lets the temporal kernel span six frames at most", () => {
  for (const [frames, span] of [[1, 1], [5, 5], [6, 6], [12, 6]] as const) {
    const shapes = new Map(parameterShapes({ ...SMALL, frames }));
    assertEquals(shapes.get("temporal.w"), [span, 3, 3, 3, 3]);
  }
});
