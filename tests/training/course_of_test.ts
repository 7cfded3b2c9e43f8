import { assertEquals, assertNotEquals } from "@std/assert";
import type { Config } from "../../lib/config/mod.ts";
import type { ClipSet, SubjectSplit } from "../../lib/data/mod.ts";
import { clipSetDigest, courseOf } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const course = async (config: Config, set: ClipSet, split: SubjectSplit) =>
  await courseOf(config, await clipSetDigest(set), { split });

Deno.test("courseOf() is that of a run's clips, split and configuration, but not of how often it is saved", async () => {
  const config = tinyConfig("x");
  const set = tinyClips();
  const split = { train: [0, 1], heldout: [2] };
  const whole = await course(config, set, split);
  assertEquals(await course({ ...config, checkpointEvery: 9, keepCheckpoints: 1 }, set, split), whole);
  // A run that was begun before there was augmentation goes on.
  const { augment: _, validation: __, selectEvery: ___, normPrior: ____, ...before } = config;
  assertEquals(await course(before as Config, set, split), whole);
  assertEquals(await course({ ...config, selectEvery: 3 }, set, split), whole);
  const choosing = { ...config, validation: 0.5 };
  assertNotEquals(await course({ ...choosing, selectEvery: 3 }, set, split), await course(choosing, set, split));
  const ids = ["other", ...set.ids.slice(1)];
  for (
    const [changed, clips, sides] of [
      [{ ...config, seed: 1 }, set, split],
      [{ ...config, augment: "flip" }, set, split],
      [{ ...config, validation: 0.5 }, set, split],
      [{ ...config, normPrior: 4 }, set, split],
      [config, { ...set, ids }, split],
      [config, { ...set, labels: set.labels.map((label) => 2 - label) }, split],
      [config, { ...set, clips: set.clips.map((value) => 255 - value) }, split],
      [config, { ...set, kinds: set.kinds.map(() => "micro" as const) }, split],
      [config, set, { train: [0], heldout: [1, 2] }],
    ] as const
  ) assertNotEquals(await course(changed, clips, sides), whole);
});
