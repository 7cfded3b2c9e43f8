import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { availableBackends, chooseBackend } from "../../lib/runtime/mod.ts";
import { needs } from "../_util/needs.ts";
import { withTensorCount } from "../_util/leaks.ts";

// In its own file: a process of its own, so that a driver that dies takes no other test along.
const offered = await availableBackends({ includeSoftware: true });
const webgpu = offered.find((backend) => backend.name === "webgpu");

Deno.test({
  ...needs(webgpu !== undefined, "no WebGPU adapter", "chooseBackend() makes webgpu compute on this machine"),
  // tfjs keeps the device for the life of the process.
  sanitizeResources: false,
  async fn() {
    const choice = await chooseBackend("webgpu");
    assertEquals([choice.name, choice.software], ["webgpu", webgpu!.software]);
    assertEquals(tf.getBackend(), "webgpu");
    const product = await withTensorCount(async () => {
      const t = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])));
      const values = await t.data();
      t.dispose();
      return values[0];
    });
    assertEquals(product, 11);
  },
});
