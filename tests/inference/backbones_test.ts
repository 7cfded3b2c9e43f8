import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createInferenceEngine, nameStatistics, statisticsValues } from "../../lib/inference/mod.ts";
import { normLayers } from "../../lib/model/mod.ts";
import { decodeSafetensors, encodeSafetensors, flattenWeights, unflattenWeights } from "../../lib/storage/mod.ts";
import * as tf from "@tensorflow/tfjs-core";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { calibrationClips, predictAll, smallCard, smallClips, smallWeights } from "./_subject.ts";

const engine = createInferenceEngine();

for (const backbone of ["resnet", "vgg19", "densenet"] as const) {
  onEachBackend(
    `${backbone} answers a clip alike whatever clips stand beside it, before and after calibration`,
    async (backend) => {
      const limit = backend === "webgpu" ? 1e-6 : 0;
      const card = smallCard({ backbone, channels: 4 });
      const base = await smallWeights(card);
      const calibrated = await withTensorCount(() =>
        engine.calibrate(base, card, calibrationClips(card, [0, 1, 2, 0], 2))
      );
      const clips = smallClips(card, 5, "independent");
      const length = clips.length / 5;
      for (const weights of [base, calibrated.weights]) {
        // At rest and back: names of the layers included.
        const { tensors } = decodeSafetensors(encodeSafetensors(flattenWeights(weights)));
        const together = await predictAll(unflattenWeights(tensors), card, clips);
        assert(together.every(Number.isFinite));
        for (const i of [0, 3]) {
          const alone = await predictAll(weights, card, clips.subarray(i * length, (i + 1) * length));
          alone.forEach((value, k) => assert(Math.abs(value - together[3 * i + k]!) <= limit, `clip ${i}, class ${k}`));
        }
        assertNotEquals([...together.subarray(0, 3)], [...together.subarray(9, 12)]);
      }
      assertNotEquals(calibrated.weights.params, base.params);
      assertNotEquals(calibrated.weights.stats, base.stats);
    },
  );

  Deno.test(`nameStatistics() of ${backbone} names its layers, and statisticsValues() finds them in order`, async () => {
    await tf.setBackend("cpu");
    const layers = normLayers({ backbone, channels: 2 });
    const rows = layers.map(([, channels], i) => ({ channels, data: new Float32Array(2 * channels).fill(i) }));
    const named = nameStatistics(rows, backbone);
    assertEquals(Object.keys(flattenWeights(named)), layers.flatMap(([path]) => [`${path}.mean`, `${path}.variance`]));
    tf.tidy(() => {
      const values = statisticsValues(
        unflattenWeights(Object.fromEntries(Object.entries(flattenWeights(named)).reverse())),
        backbone,
      );
      assertEquals(values.map(({ tensor }) => tensor.dataSync()), rows.map(({ data }) => data));
    });
  });
}
