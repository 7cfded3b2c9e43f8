import { assertEquals, assertRejects } from "@std/assert";
import { fileStore, latestCheckpoint, memoryStore, saveCheckpoint } from "../../lib/storage/mod.ts";
import { forgetRun } from "../../scripts/_lib/forget_run.ts";

/** A store with three checkpoints of a run, and one of another. */
async function withRuns() {
  const store = memoryStore();
  for (const step of [1, 2, 3]) await saveCheckpoint(store, "default", "run1", step, { tensors: {}, meta: step });
  await saveCheckpoint(store, "default", "run10", 7, { tensors: {}, meta: 7 });
  return store;
}

Deno.test("forgetRun() removes a run whole and no other", async () => {
  const store = await withRuns();
  assertEquals(await forgetRun(store, "run1"), true);
  assertEquals(await forgetRun(store, "run1"), false);
  assertEquals(await latestCheckpoint(store, "default", "run1"), null);
  assertEquals((await latestCheckpoint(store, "default", "run10"))?.step, 7);
});

Deno.test("forgetRun() that is cut off anywhere leaves a run that can be resumed, or none", async () => {
  const steps: (number | undefined)[] = [];
  for (let deletions = 0; deletions < 6; deletions++) {
    const store = await withRuns();
    let left = deletions;
    const dying = {
      ...store,
      delete: (key: string) => left-- > 0 ? store.delete(key) : Promise.reject(new Error("killed")),
    };
    await assertRejects(() => forgetRun(dying, "run1"), Error, "killed");
    const checkpoint = await latestCheckpoint(store, "default", "run1");
    assertEquals(checkpoint?.damaged ?? [], []);
    steps.push(checkpoint?.step);
  }
  assertEquals(steps, [3, 2, 1, undefined, undefined, undefined]);
});

Deno.test("forgetRun() removes what a killed write left in a file store", async () => {
  const folder = await Deno.makeTempDir();
  const store = fileStore(folder);
  await saveCheckpoint(store, "default", "run1", 1, { tensors: {}, meta: 1 });
  const checkpoints = `${folder}/tenants/default/runs/run1/checkpoints`;
  await Deno.writeTextFile(`${checkpoints}/00000002-aa.safetensors.${crypto.randomUUID()}.~tmp`, "half");
  assertEquals(await forgetRun(store, "run1"), true);
  await assertRejects(() => Deno.stat(checkpoints), Deno.errors.NotFound);
  await Deno.remove(folder, { recursive: true });
});
