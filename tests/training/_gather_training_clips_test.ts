import { assertEquals } from "@std/assert";
import { configSchema } from "../../lib/config/mod.ts";
import { flipClips, gatherClips, type LoadedClipSet, type Recipe } from "../../lib/data/mod.ts";
import { gatherTrainingClips } from "../../lib/training/_gather_training_clips.ts";

const recipe: Recipe = { frames: 1, size: 2, channels: 3, input: "frames", time: "tim" };
const SET: LoadedClipSet = {
  recipe,
  clips: Uint8Array.from({ length: 36 }, (_, i) => 7 * i + 1),
  ids: ["a", "b", "c"],
  labels: Int32Array.of(0, 0, 0),
  subjects: Int32Array.of(0, 0, 0),
  kinds: ["micro", "micro", "micro"],
  classes: ["calm"],
  subjectNames: ["t/1"],
};

for (
  const [augment, options] of [
    ["flip", {}],
    ["flip-flow-fixed", { flow: "fixed" }],
    ["flip-flow-minmax", { flow: "minmax" }],
  ] as const
) {
  Deno.test(`gatherTrainingClips() mirrors the clips that are named, and no others: ${augment}`, () => {
    const config = configSchema.parse({ frames: 1, size: 2, inputChannels: 3, input: "frames", augment });
    const original = SET.clips.slice();
    const flipped = flipClips(gatherClips(SET, [2]), recipe, options);
    const want = [...flipped, ...gatherClips(SET, [0]), ...flipped];
    assertEquals([...gatherTrainingClips({ config, set: SET }, [2, 0, 2], [2, 1])], want);
    assertEquals(gatherTrainingClips({ config, set: SET }, [2, 0], []), gatherClips(SET, [2, 0]));
    assertEquals(SET.clips, original, "the set is not changed");
  });
}
