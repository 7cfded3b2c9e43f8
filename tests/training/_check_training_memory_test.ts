import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { type Config, configSchema } from "../../lib/config/mod.ts";
import type { ClipSet } from "../../lib/data/mod.ts";
import { chooseBackend, MemoryLimitError } from "../../lib/runtime/mod.ts";
import { memoryStore } from "../../lib/storage/mod.ts";
import { checkCalibrationMemory, checkTrainingMemory } from "../../lib/training/_check_training_memory.ts";
import { trainModel } from "../../lib/training/mod.ts";
import { tinyClips, tinyConfig, tinyOptions, withSets } from "./_util/tiny_run.ts";

const SPLIT = { train: [0, 1], heldout: [2] };

/** Whether a run on a set of so many micro clips a class and subject is let in: its pixels play no part. */
function check(changes: Partial<Config>, set: ClipSet = tinyClips({ micro: () => 30, macro: 3 }), split = SPLIT): void {
  checkTrainingMemory(configSchema.parse({ input: "frames", ...changes }), set, split);
}

Deno.test("checkTrainingMemory() lets in what was measured to fit WASM, and refuses what was not", async () => {
  await chooseBackend("wasm");
  for (
    const fits of [
      {},
      { size: 64 },
      { size: 64, channels: 48 },
      { size: 64, channels: 72 }, // 3.7 GB; 80 channels were measured at 4.1 GB
      { size: 64, channels: 48, decoder: "none" as const },
      { innerSteps: 5 },
      { frames: 64 },
    ]
  ) check(fits);
  for (
    const [changes, words] of [
      [
        { size: 128, channels: 32 },
        "Cannot train: a step on 15 support, 15 query and 9 macro clips of 8 frames at 128 px in 32 channels " +
        "needs about 6.8 GB, WASM has 4.1; reduce size, frames, channels, shots, queries, macros or ways",
      ],
      [{ size: 64, channels: 32, innerSteps: 4 }, "macros or innerSteps"],
      [{ size: 64, channels: 96 }, "a step on"],
      [{ size: 64, channels: 32, shots: 20 }, "a step on 60 support"],
      [{ size: 64, channels: 32, algorithm: "supervised" as const, shots: 90, queries: 90 }, "on 180 mixed clips"],
      [
        { size: 128, channels: 72, decoder: "none" as const, algorithm: "supervised" as const, shots: 1, queries: 1 },
        "running statistics of 48 clips",
      ],
    ] as const
  ) assertThrows(() => check(changes), MemoryLimitError, words);
});

Deno.test("checkTrainingMemory() counts what each algorithm holds: graphs of gradients only where it has them", async () => {
  await chooseBackend("wasm");
  const large = { size: 64, channels: 96, uncalibratedWeight: 0, lambda1: 1, lambda2: 0, macro: "none" };
  const settled = { maml: {}, anil: {}, protonet: {}, reptile: { firstOrder: true } };
  const refused = (algorithm: keyof typeof settled, changes: Partial<Config> = {}) => {
    try {
      check({ ...large, algorithm, ...settled[algorithm], ...changes });
      return false;
    } catch (error) {
      return error instanceof MemoryLimitError && error.message.includes("a step on 15 support, 15 query and 0 macro");
    }
  };
  const wide = { channels: 120 };
  assertEquals([refused("maml", wide), refused("anil", wide), refused("protonet", wide)], [true, false, false]);
  // Reptile's steps are on support and query clips together; none is held when the next comes.
  const ofSteps = (innerSteps: number, channels: number) => refused("reptile", { innerSteps, channels });
  assertEquals([ofSteps(1, 96), ofSteps(5, 96), ofSteps(1, 240), ofSteps(5, 240)], [false, false, true, true]);
  const several = { innerSteps: 3 };
  assertEquals([refused("anil", several), refused("anil", { ...several, multiStepLoss: true })], [false, true]);
});

Deno.test("checkTrainingMemory() counts the clips that there are, not those that are asked for", async () => {
  await chooseBackend("wasm");
  const large = { size: 64, channels: 32, shots: 100, queries: 100, uncalibratedWeight: 0 };
  check(large, tinyClips({ micro: () => 8 }));
  assertThrows(() => check(large, tinyClips({ micro: () => 30 })), MemoryLimitError, "a step on 87 support, 3 query");
  // Tasks over several subjects draw from all of them.
  assertThrows(
    () => check({ ...large, episodes: "mixed" }, tinyClips({ micro: () => 15 })),
    MemoryLimitError,
    "a step on 87 support, 3 query",
  );
  check(large, tinyClips({ micro: () => 9 }));
  // A class of which a subject has none is filled up from others, but only so far as two classes.
  const sparse = tinyClips({ micro: (subject, label) => subject === 0 ? (label === 0 ? 40 : 0) : 4 });
  assertThrows(() => check({ ...large, size: 96 }, sparse), MemoryLimitError, "a step on 42 support, 2 query");
});

Deno.test("checkTrainingMemory() refuses a calibration at the end of a run before the run", async () => {
  await chooseBackend("wasm");
  const set = tinyClips({ micro: (subject) => subject === 2 ? 200 : 4, macro: 0 });
  const changes = { size: 64, channels: 32, shots: 150, firstOrder: true, macro: "none", lambda2: 0 };
  assertThrows(() => check(changes, set), MemoryLimitError, "train: a calibration on 450 micro and 0 macro clips");
  check({ ...changes, shots: 5 }, set);
  const config = configSchema.parse(changes);
  assertThrows(
    () => checkCalibrationMemory(config, set, SPLIT, 150),
    MemoryLimitError,
    "evaluate: a calibration on 450",
  );
  checkCalibrationMemory(config, set, SPLIT, 5);
});

Deno.test("checkCalibrationMemory() counts the query clips of one person as one batch, where they normalise each other", async () => {
  await chooseBackend("wasm");
  const set = tinyClips({ micro: (subject) => subject === 2 ? 100 : 4, macro: 0 });
  const config = (changes: Partial<Config>) =>
    configSchema.parse({ size: 128, channels: 32, decoder: "none", macro: "none", lambda2: 0, ...changes });
  const words =
    "evaluate: transductive prediction of 297 clips of 8 frames at 128 px in 32 channels, one person's in one " +
    "batch, needs about";
  assertThrows(() => checkCalibrationMemory(config({ norm: "transductive" }), set, SPLIT, 1), MemoryLimitError, words);
  assertThrows(
    () =>
      checkTrainingMemory(config({ norm: "transductive", algorithm: "protonet", shots: 1, queries: 1 }), set, SPLIT),
    MemoryLimitError,
    "train: transductive prediction of 297 clips",
  );
  checkCalibrationMemory(config({ norm: "support" }), set, SPLIT, 1);
  checkCalibrationMemory(config({ norm: "transductive", size: 32 }), set, SPLIT, 1);
});

Deno.test("checkCalibrationMemory() counts what calibration will hold: magnified flow, no graph where clips are compared", async () => {
  await chooseBackend("wasm");
  const set = tinyClips({ micro: (subject) => subject === 2 ? 100 : 4, macro: 0 });
  const flow = { method: "farneback", size: 128, scaling: "fixed", range: 1, strainRange: 1 } as const;
  const flows = (scaling: "fixed" | "minmax"): ClipSet => ({
    ...set,
    recipe: { frames: 1, size: 16, channels: 3, input: "flow", time: "tim", flow: { ...flow, scaling } },
  });
  const config = (changes: Partial<Config>) => configSchema.parse({ size: 96, channels: 64, ...changes });
  const words = (changes: Partial<Config>, of: ClipSet) => {
    try {
      checkCalibrationMemory(config(changes), of, SPLIT, 80);
      return "fits";
    } catch (error) {
      if (!(error instanceof MemoryLimitError)) throw error;
      return error.message.match(/ on (.*) clips of/)![1];
    }
  };
  const still = { frames: 1, inputChannels: 3, input: "flow", macro: "magnify", channels: 512 } as const;
  assertEquals(words(still, flows("fixed")), "240 micro and 240 macro");
  assertEquals(words(still, flows("minmax")), "240 micro and 0 macro");
  const plain = { macro: "none", lambda1: 1, lambda2: 0, channels: 32, size: 64 };
  assertEquals(words(plain, set), "240 micro and 0 macro");
  assertEquals(words({ ...plain, algorithm: "protonet" }, set), "fits");
  // A task of the classical protocol has clips of several people.
  const shuffled = { ...plain, shuffleLabels: true, ways: 3, episodes: "mixed" as const, repeats: 2 };
  assertEquals(words({ ...shuffled, size: 128 }, set), "240 micro and 0 macro");
  assertEquals(words({ ...shuffled, ways: 2, size: 128 }, set), "160 micro and 0 macro");
});

Deno.test("checkTrainingMemory() leaves backends without a limit of their own alone", async () => {
  await chooseBackend("cpu");
  check({ size: 512, channels: 64 });
});

Deno.test("trainModel() refuses what would not fit before it begins, and writes nothing", async () => {
  await chooseBackend("wasm");
  await withSets({ "set.safetensors": tinyClips() }, async (folder) => {
    const store = memoryStore();
    const config = tinyConfig(join(folder, "set.safetensors"), { channels: 4096 });
    await assertRejects(() => trainModel(config, tinyOptions({ store })), MemoryLimitError, "in 4096 channels needs");
    assertEquals(await store.list(""), []);
  });
});
