import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { encodeSafetensors } from "../../lib/storage/mod.ts";
import { loadData, splitOf } from "../../lib/training/_load_data.ts";
import { tinyClips, tinyConfig, withSets, writeSet } from "./_util/tiny_run.ts";

const OPTIONS = { folder: "data", signal: new AbortController().signal, onProgress: () => {} };

Deno.test("loadData() gives a packed set back, and appends the macro clips of another file", () =>
  withSets(
    { "a.safetensors": tinyClips({ macro: 0 }), "b.safetensors": tinyClips({ micro: () => 0 }) },
    async (folder) => {
      const [a, b] = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
      assertEquals(await loadData(tinyConfig(a), OPTIONS), tinyClips({ macro: 0 }));
      const { kinds } = await loadData(tinyConfig(a, { macro: b }), OPTIONS);
      assertEquals([kinds.length, kinds.filter((kind) => kind === "macro").length], [27, 9]);
    },
  ));

Deno.test("loadData() names a packed file that is cut off, hostile, of another kind or packed otherwise", () =>
  withSets({ "a.safetensors": tinyClips() }, async (folder) => {
    const path = join(folder, "a.safetensors");
    const whole = await Deno.readFile(path);
    const refuse = async (bytes: Uint8Array, words: string) => {
      await Deno.writeFile(path, bytes);
      const error = await assertRejects(() => loadData(tinyConfig(path), OPTIONS), SyntaxError, words);
      assertEquals([error.message.startsWith(`Cannot read ${path}`), error.message.includes("\n")], [true, false]);
    };
    await refuse(whole.subarray(0, 5), "8 bytes of header length");
    await refuse(whole.subarray(0, whole.length - 1), "an ascending range within");
    await refuse(whole.subarray(0, 60), "bytes as announced");
    // A header that claims more than there can be, and one of other bytes than JSON.
    await refuse(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 123), "at most 100000000 bytes");
    await refuse(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 255), "UTF-8");
    await refuse(
      encodeSafetensors({ x: { dtype: "U8", shape: [1], data: Uint8Array.of(1) } }, {}),
      "lightmannet-clips",
    );
    await writeSet(path, tinyClips());
    await assertRejects(
      () => loadData(tinyConfig(path, { size: 32 }), OPTIONS),
      RangeError,
      `Cannot use ${path}: it was packed with size 16, the configuration says 32`,
    );
  }));

Deno.test("splitOf() takes the configured subjects and refuses a side without micro clips", () => {
  const set = tinyClips({ micro: (subject) => subject === 1 ? 0 : 2 });
  assertEquals(splitOf(tinyConfig("x"), set), { train: [0, 1], heldout: [2] });
  assertThrows(
    () => splitOf(tinyConfig("x", { holdout: ["t/s2"] }), set),
    RangeError,
    "of the held-out subjects, got none",
  );
  assertThrows(
    () => splitOf(tinyConfig("x", { holdout: ["t/s1", "t/s3"] }), set),
    RangeError,
    "of the training subjects, got none",
  );
});
