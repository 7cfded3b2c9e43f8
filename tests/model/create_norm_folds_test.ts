import * as tf from "@tensorflow/tfjs-core";
import { assertEquals } from "@std/assert";
import { constant } from "../../lib/autodiff/mod.ts";
import {
  type Architecture,
  type BackboneName,
  BACKBONES,
  createNormFolds,
  forward,
  initParams,
  type NormFolds,
  normLayers,
} from "../../lib/model/mod.ts";
import { createRandom } from "../../lib/random/mod.ts";
import { countTensors } from "../../lib/runtime/mod.ts";
import { mapTree } from "../../lib/tree/mod.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";

onEachBackend(
  "forward() with folds gives the same bits at every pass, on every backbone, and keeps three tensors a layer at most",
  async () => {
    for (const backbone of Object.keys(BACKBONES) as BackboneName[]) {
      const shape: Architecture = { backbone, decoder: "none", channels: 8, frames: 2, inputChannels: 1, classes: 3 };
      const before = countTensors();
      const params = mapTree(initParams(shape, createRandom(1)), (tensor) => {
        // γ of both signs, biases and shifts other than zero.
        const random = tf.randomNormal(tensor.shape, 0, 0.5, "float32", tensor.size);
        const moved = tf.add(tensor, random);
        tf.dispose([tensor, random]);
        return constant(moved);
      });
      const layers = normLayers(shape);
      const statistics = layers.map(([, c], i) => constant(tf.randomUniform([2, c], 0.5, 1.5, "float32", i)));
      const clips = constant(tf.randomUniform([2, 2, 16, 16, 1], 0, 1, "float32", 7));
      const folds = createNormFolds();
      const made = countTensors();
      const ask = async (options: { readonly folds?: NormFolds }) => {
        const { logits } = tf.tidy(() => {
          const { logits } = forward(shape, params, clips, { statistics, ...options, want: { logits: true } });
          return { logits: logits!.tensor };
        });
        const values = await logits.data();
        logits.dispose();
        return values;
      };
      const plain = await ask({});
      assertEquals(await ask({ folds }), plain, backbone);
      const kept = countTensors() - made;
      assertEquals(kept > 2 * layers.length - 1 && kept <= 3 * layers.length, true, `${backbone}: ${kept}`);
      assertEquals(await ask({ folds }), plain, backbone);
      assertEquals(countTensors() - made, kept, "a later pass keeps nothing");
      folds.dispose();
      assertEquals(countTensors(), made);
      mapTree(params, ({ tensor }) => tensor.dispose());
      tf.dispose([...statistics, clips].map(({ tensor }) => tensor));
      assertEquals(countTensors(), before);
    }
  },
);
