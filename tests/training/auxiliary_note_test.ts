import { assertEquals, assertMatch } from "@std/assert";
import type { Config } from "../../lib/config/mod.ts";
import { auxiliaryNote } from "../../lib/training/mod.ts";
import { settleConfig } from "../../lib/training/_settle_config.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const note = (changes: Partial<Config>, macro: number, frames = 2) => {
  const asked = tinyConfig("clips.safetensors", { frames, input: frames > 1 ? "difference" : "frames", ...changes });
  return auxiliaryNote(asked, settleConfig(asked, tinyClips({ macro, frames }), [0, 1]));
};

Deno.test("auxiliaryNote() says when and why the auxiliary loss is off, and when magnified clips stand in", () => {
  assertEquals(note({}, 1), null);
  assertEquals(note({ algorithm: "maml" }, 0), null);
  assertEquals(note({}, 0, 1), "There are no macro clips: the auxiliary loss is off, so lightman is maml.");
  assertEquals(
    note({ algorithm: "multitask", macro: "none" }, 1),
    "Macro clips are switched off: the auxiliary loss is off, so multitask is supervised.",
  );
  assertMatch(note({}, 0)!, /^There are no macro clips: micro clips magnified 6 times stand in for them\.$/);
  assertEquals(note({ macro: "magnify" }, 0), null);
});
