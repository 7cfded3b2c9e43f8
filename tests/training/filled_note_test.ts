import { assertEquals } from "@std/assert";
import { filledNote } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig } from "./_util/tiny_run.ts";

const CONFIG = tinyConfig("clips.safetensors");

Deno.test("filledNote() counts training subjects whose tasks are filled from their database, and those without a task", () => {
  // The first subject shows one class twice, the others all three.
  const some = tinyClips({ micro: (subject, label) => subject === 0 && label > 0 ? 0 : 2 });
  const filled =
    "1 of 2 subjects have two clips of fewer than 2 classes: their training tasks are filled from their database.";
  assertEquals(filledNote(CONFIG, some, [0, 1]), filled);
  assertEquals(filledNote(CONFIG, some, [1, 2]), null);
  assertEquals(filledNote({ ...CONFIG, algorithm: "protonet" }, some, [0, 1]), filled);
  assertEquals(
    filledNote({ ...CONFIG, ways: 3 }, tinyClips({ micro: (subject, label) => subject === label ? 1 : 2 }), [0, 1, 2]),
    "3 of 3 subjects have two clips of fewer than 3 classes: their training tasks are filled from their database.",
  );
  assertEquals(
    filledNote(CONFIG, { ...some, subjectNames: ["u/s1", "t/s2", "t/s3"] }, [0, 1]),
    "1 of 2 subjects are in no training task: their database has too few clips.",
  );
});

Deno.test("filledNote() is silent where tasks are no one subject's", () => {
  const some = tinyClips({ micro: (subject, label) => subject === 0 && label > 0 ? 0 : 2 });
  assertEquals(filledNote({ ...CONFIG, episodes: "mixed" }, some, [0, 1]), null);
  assertEquals(filledNote({ ...CONFIG, algorithm: "supervised" }, some, [0, 1]), null);
});
