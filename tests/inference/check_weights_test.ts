import { assertRejects, assertThrows } from "@std/assert";
import { architectureOf, checkWeights, createInferenceEngine, type Weights } from "../../lib/inference/mod.ts";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import type { StoredTensor } from "../../lib/storage/mod.ts";
import { flattenTree, type Tree, unflattenTree } from "../../lib/tree/mod.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { calibrationClips, smallCard, smallWeights } from "./_subject.ts";

await chooseBackend("cpu");
const card = smallCard();
const weights = await smallWeights(card);
const params = weights.params as Tree<StoredTensor>;
const tensor: StoredTensor = { dtype: "F32", shape: [1], data: Float32Array.of(0) };

/** The weights with one entry changed or, for null, taken out. */
const withEntry = (path: string, entry: StoredTensor | null): Tree<StoredTensor> => {
  const leaves = flattenTree(params).filter(([name]) => name !== path);
  return unflattenTree(entry === null ? leaves : [...leaves, [path, entry]]);
};

Deno.test("checkWeights() takes the weights of its own network", () => {
  checkWeights(params, architectureOf(card.config, 3));
});

/** Wrong weights, and what the one line says. */
const WRONG: readonly (readonly [string, Tree<StoredTensor>, string])[] = [
  ["a missing layer", withEntry("conv3.gamma", null), "expected conv3.gamma [3] of a conv4 network, got none"],
  ["another shape", withEntry("head.b", tensor), "expected head.b [3] of a conv4 network, got [1]"],
  ["one too many", withEntry("stem.w", tensor), "expected the parameters of a conv4 network, got stem.w as well"],
  ["none at all", {}, "expected conv1.w [3,3,1,3] of a conv4 network, got none"],
];

for (const [what, wrong, message] of WRONG) {
  Deno.test(`checkWeights() refuses ${what}`, () => {
    const error = `Cannot use the weights: ${message}`;
    assertThrows(() => checkWeights(wrong, architectureOf(card.config, 3)), TypeError, error);
  });
}

for (const [theirs, ours] of [["conv4", "resnet"], ["resnet", "vgg19"], ["densenet", "conv4"]] as const) {
  Deno.test(`predict and calibrate of ${ours} refuse the weights of ${theirs} by name, and leak nothing by it`, async () => {
    await chooseBackend("cpu");
    const engine = createInferenceEngine();
    const other: Weights = await smallWeights(smallCard({ backbone: theirs }));
    const own = smallCard({ backbone: ours });
    const message = `Cannot use the weights: expected a ${ours} network, got the layers of ${theirs}`;
    await withTensorCount(async () => {
      await assertRejects(() => engine.createPredictor(other, own), TypeError, message);
      await assertRejects(() => engine.calibrate(other, own, calibrationClips(own, [0, 1, 2])), TypeError, message);
    });
  });
}
