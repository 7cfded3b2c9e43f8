import { assert, assertEquals, assertRejects } from "@std/assert";
import { createRandom } from "../../../lib/random/mod.ts";
import { deleteSubject, memoryStore, promote, saveSubject } from "../../../lib/storage/mod.ts";
import { publishUntrained } from "../../../scripts/_lib/publish_untrained.ts";
import { checkLedger } from "../../../scripts/_soak/check_ledger.ts";
import { faultyStore, INJECTED } from "../../../scripts/_soak/faulty_store.ts";
import { createLedger, type Ledger } from "../../../scripts/_soak/ledger.ts";
import { modelWeights } from "../../_util/model_card.ts";

/** A store with two promotions, one subject and one that was erased, and the ledger of that. */
async function setUp() {
  const store = memoryStore();
  const ledger = createLedger();
  const config = { size: 16, channels: 2, frames: 2, decoder: "none" } as const;
  for (const seed of [1, 2]) ledger.promoted.push(await publishUntrained(store, { config, seed }));
  const fit = { loss: 1, accuracy: 0.5 };
  const meta = {
    ...{ model: { name: "lightman", version: ledger.promoted[1]! }, innerSteps: 1, before: fit, after: fit },
    ...{ classes: ["negative"], createdAt: "2025-01-01T00:00:00.000Z" },
  };
  const save = (subject: string, value = 1) => saveSubject(store, "default", subject, modelWeights([value]), meta);
  ledger.calibrated.set("s1", await save("s1"));
  await save("s2");
  await deleteSubject(store, "default", "s2");
  ledger.erased.add("s2");
  return { store, ledger, save };
}

Deno.test("checkLedger() finds nothing wrong with a store that is as it was acknowledged", async () => {
  const { store, ledger } = await setUp();
  assertEquals(await checkLedger(store, ledger), []);
  await promote(store, "default", "lightman", "stable", ledger.promoted[0]!);
  assertEquals(await checkLedger(store, ledger), [], "a promotion that was not answered may be there");
});

type Setting = Awaited<ReturnType<typeof setUp>>;
const DAMAGES: readonly (readonly [string, string, (setting: Setting) => unknown])[] = [
  ["a promotion that is lost", "promotions: ", ({ ledger }) => ledger.promoted.push(ledger.promoted[0]!)],
  ["weights of a model that are gone", "model lightman", async ({ store }) => {
    const [key] = (await store.list("tenants/default/models/lightman/")).filter((it) =>
      it.endsWith("weights.safetensors")
    );
    await store.delete(key!);
  }],
  ["a subject that is lost", "s3: ", ({ ledger }) => ledger.calibrated.set("s3", "0123456789abcdef")],
  ["a calibration that is lost", "s1: acknowledged", ({ ledger }) => ledger.calibrated.set("s1", "0123456789abcdef")],
  ["half a subject", "listed subject s1", async ({ store }) => {
    const [key] = (await store.list("tenants/default/subjects/s1/")).filter((it) => it.endsWith("weights.safetensors"));
    await store.delete(key!);
  }],
  ["a subject that came back", "s1 was erased", ({ ledger }) => (ledger as Ledger).erased.add("s1")],
];
for (const [what, says, damage] of DAMAGES) {
  Deno.test(`checkLedger() tells of ${what}`, async () => {
    const setting = await setUp();
    await damage(setting);
    const faults = await checkLedger(setting.store, setting.ledger);
    assert(faults.some((fault) => fault.includes(says)), JSON.stringify(faults));
  });
}

Deno.test("faultyStore() fails before and after the work, and not while it is sound", async () => {
  const inner = memoryStore();
  const all = { slow: 0, slowMs: 0, fails: 0, lostAnswers: 0 };
  let faults: typeof all | null = null;
  const store = faultyStore(inner, createRandom(0), () => faults);
  await store.put("a", Uint8Array.of(1));
  faults = { ...all, fails: 1 };
  await assertRejects(() => store.put("b", Uint8Array.of(1)), Error, INJECTED);
  assertEquals(await inner.get("b"), null);
  faults = { ...all, lostAnswers: 1 };
  await assertRejects(() => store.putIfAbsent("b", Uint8Array.of(1)), Error, INJECTED);
  assertEquals(await inner.get("b"), Uint8Array.of(1));
  assertEquals(await store.get("a"), Uint8Array.of(1));
});
