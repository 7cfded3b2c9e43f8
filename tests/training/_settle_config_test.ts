import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { Config } from "../../lib/config/mod.ts";
import { settleConfig } from "../../lib/training/_settle_config.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const settle = (changes: Partial<Config>, set = tinyClips(), train = [0, 1]) =>
  settleConfig(tinyConfig("x", changes), set, train);

Deno.test("settleConfig() weighs classes by the training subjects' micro clips alone", () => {
  // Training subjects: 6, 2 and 4 micro clips; the held-out subject and the macro clips would say otherwise.
  const set = tinyClips({ micro: (subject, label) => subject === 2 ? 9 : [3, 1, 2][label]!, macro: 5 });
  const { classWeights } = settle({ classWeights: true }, set);
  assertEquals(classWeights, [12 / (6 * 3), 12 / (2 * 3), 12 / (4 * 3)]);
  const mean = (classWeights as number[]).reduce((sum, weight, label) => sum + weight * [6, 2, 4][label]!, 0) / 12;
  assertAlmostEquals(mean, 1, 1e-12);
});

Deno.test("settleConfig() gives a class that no training subject has the weight 0, and leaves given weights alone", () => {
  const set = tinyClips({ micro: (subject, label) => subject < 2 && label === 1 ? 0 : 2 });
  assertEquals(settle({ classWeights: true }, set).classWeights, [1, 0, 1]);
  assertEquals(settle({ classWeights: [3, 2, 1] }).classWeights, [3, 2, 1]);
  assertEquals(settle({ classWeights: false }).classWeights, false);
});

Deno.test("settleConfig() settles where macro clips come from", () => {
  const none = tinyClips({ macro: 0 });
  const still = tinyClips({ frames: 1, macro: 0 });
  const of = ({ macro, lambda1, lambda2 }: Config) => [macro, lambda1, lambda2];
  assertEquals(of(settle({ macro: "data" })), ["data", 0.55, 0.45]);
  assertEquals(of(settle({ macro: "data" }, none)), ["magnify", 0.55, 0.45]);
  assertEquals(of(settle({ macro: "magnify" })), ["magnify", 0.55, 0.45]);
  assertEquals(of(settle({ macro: "none" })), ["none", 1, 0]);
  assertEquals(of(settle({ macro: "other.safetensors" })), ["other.safetensors", 0.55, 0.45]);
  assertEquals(of(settle({ macro: "data", frames: 1, input: "frames" }, still)), ["none", 1, 0]);
  assertThrows(
    () => settle({ macro: "magnify", frames: 1, input: "frames" }, still),
    RangeError,
    "Cannot magnify: a clip of one frame has no movement; use --macro none",
  );
});

Deno.test("settleConfig() takes the auxiliary loss from maml, fomaml and supervised, and the second order from fomaml", () => {
  for (const algorithm of ["maml", "fomaml", "supervised"] as const) {
    const { macro, lambda1, lambda2, firstOrder } = settle({ algorithm });
    assertEquals([macro, lambda1, lambda2, firstOrder], ["none", 1, 0, algorithm === "fomaml"]);
  }
});
