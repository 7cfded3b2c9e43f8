import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConflictError,
  deleteSubject,
  finishErasures,
  listSubjects,
  loadSubject,
  loadSubjectMeta,
  memoryStore,
  NotFoundError,
  type ObjectStore,
  saveSubject,
  sha256,
  subjectGeneration,
} from "../../lib/storage/mod.ts";
import { modelWeights } from "../_util/model_card.ts";
import { onEachStore, type SharedStore } from "../_util/on_each_store.ts";
import { SUBJECT_META } from "./_util/subject_meta.ts";

const SUBJECT = "anna.k-77";

const META = { ...SUBJECT_META, before: { loss: 1.2345678, accuracy: 0.25 } };

/** Weights whose bytes are in nothing else. */
const WEIGHTS = [1.2345e-7, 7.654e12, -3.21e-3];

/** A calibration from its beginning on: `save` writes what was computed meanwhile. */
async function begin(store: ObjectStore) {
  const generation = await subjectGeneration(store, "default", SUBJECT);
  return {
    save: (through = store) =>
      saveSubject(through, "default", SUBJECT, modelWeights(WEIGHTS), META, { generation }).catch((error) => {
        if (!(error instanceof ConflictError)) throw error;
        assert(!error.message.includes(SUBJECT), error.message);
        return null;
      }),
  };
}

/** A store that calls `pause` before its nth operation and counts them. */
function paused(store: ObjectStore, at: number, pause: () => Promise<unknown>) {
  let count = 0;
  const step = <A extends unknown[], T>(work: (...args: A) => Promise<T>) => async (...args: A) => {
    if (count++ === at) await pause();
    return await work(...args);
  };
  const wrapped: ObjectStore = {
    ...store,
    get: step(store.get),
    put: step(store.put),
    putIfAbsent: step(store.putIfAbsent),
    list: step(store.list),
    delete: step(store.delete),
    sweep: step(store.sweep),
  };
  return { store: wrapped, count: () => count };
}

/** Fails when a byte or a name that could come from the subject is kept. */
async function assertErased(shared: SharedStore, note?: string): Promise<void> {
  const { names, bytes } = await shared.everything();
  const id = new TextEncoder().encode(SUBJECT);
  const weights = new Uint8Array(Float32Array.from(WEIGHTS).buffer);
  const needles = [SUBJECT, btoa(SUBJECT), await sha256(id), id.toHex(), String(META.before.loss), META.model.version]
    .concat(new TextDecoder("latin1").decode(weights), "safetensors", "subjects", "params.head");
  const texts = [...names, ...bytes.map((piece) => new TextDecoder("latin1").decode(piece))];
  for (const needle of needles) {
    assertEquals(texts.filter((text) => text.includes(needle)), [], `${needle} ${note ?? ""}`);
  }
  const reader = shared.open();
  await assertRejects(() => loadSubjectMeta(reader, "default", SUBJECT), NotFoundError);
  assertEquals(await listSubjects(reader, "default"), []);
}

onEachStore("an erasure leaves no name and no byte, but a mark without content under a keyed hash", async (shared) => {
  for (let i = 0; i < 3; i++) await (await begin(shared.open())).save();
  assertEquals(await listSubjects(shared.open(), "default"), [SUBJECT]);
  const full = await shared.everything();
  assert(full.names.some((name) => name.includes(SUBJECT)));
  assertEquals(await deleteSubject(shared.open(), "default", SUBJECT), true);
  await assertErased(shared);
  const { bytes } = await shared.everything();
  assertEquals(bytes.map(({ length }) => length).sort((a, b) => a - b), ["null\n".length, 32]);
  // Of many erasures two marks are kept.
  for (let i = 0; i < 4; i++) assertEquals(await deleteSubject(shared.open(), "default", SUBJECT), false);
  assertEquals((await shared.everything()).bytes.length, 3);
  assertEquals(await subjectGeneration(shared.open(), "default", SUBJECT), 5);
});

onEachStore(
  "a calibration that began before an erasure is refused or undone at whatever step they meet",
  async (shared) => {
    let at = 0;
    for (let reached = true; reached; at += shared.stride) {
      const calibration = await begin(shared.open());
      const race = paused(shared.open(), at, () => deleteSubject(shared.open(), "default", SUBJECT));
      const saved = await calibration.save(race.store);
      reached = at < race.count();
      if (reached) assertEquals(saved, null, `step ${at}`);
      else await deleteSubject(shared.open(), "default", SUBJECT);
      await assertErased(shared, `step ${at} of ${race.count()}`);
    }
    assert(at >= 6, `${at} steps`);
  },
);

onEachStore(
  "a calibration that begins after the mark of an erasure is whole, whatever the erasure still deletes",
  async (shared) => {
    let steps = 1;
    for (let at = 0; at < steps; at += shared.stride) {
      await (await begin(shared.open())).save();
      const before = await subjectGeneration(shared.open(), "default", SUBJECT);
      let saved: string | null = null;
      let marked = false;
      const race = paused(shared.open(), at, async () => {
        const other = shared.open();
        marked = await subjectGeneration(other, "default", SUBJECT) > before;
        saved = await (await begin(other)).save();
      });
      await deleteSubject(race.store, "default", SUBJECT);
      steps = Math.max(steps, race.count());
      if (marked) {
        assertEquals((await loadSubject(shared.open(), "default", SUBJECT)).version, saved, `step ${at}`);
        assertEquals((await shared.everything()).names.filter((name) => name.endsWith("meta.json")).length, 1);
      } else await assertErased(shared, `step ${at}`);
      await deleteSubject(shared.open(), "default", SUBJECT);
      await assertErased(shared, `step ${at}, erased`);
    }
    assert(steps >= 10, `${steps} steps`);
  },
);

onEachStore(
  "who was calibrated after an erasure is found while a calibration from before it takes back what it wrote",
  async (shared) => {
    let steps = 1;
    for (let at = 0; at < steps; at += shared.stride) {
      const overtaken = await begin(shared.open());
      let saved: string | null = null;
      const race = paused(shared.open(), at, async () => {
        if (saved === null) return;
        assertEquals((await loadSubjectMeta(shared.open(), "default", SUBJECT)).version, saved, `step ${at}`);
      });
      const putIfAbsent: ObjectStore["putIfAbsent"] = async (...args) => {
        if (saved === null) {
          await deleteSubject(shared.open(), "default", SUBJECT);
          saved = await (await begin(shared.open())).save();
        }
        return await race.store.putIfAbsent(...args);
      };
      assertEquals(await overtaken.save({ ...race.store, putIfAbsent }), null);
      steps = Math.max(steps, race.count());
      assertEquals((await loadSubject(shared.open(), "default", SUBJECT)).version, saved, `step ${at}, after`);
      await deleteSubject(shared.open(), "default", SUBJECT);
    }
    assert(steps >= 10, `${steps} steps`);
  },
);

Deno.test("a reader that an erasure overtakes finds nobody, and no earlier version", async () => {
  const store = memoryStore();
  for (let i = 0; i < 2; i++) {
    await saveSubject(store, "default", SUBJECT, modelWeights(WEIGHTS), { ...META, innerSteps: i + 1 });
  }
  const keys = await store.list(`tenants/default/subjects/${SUBJECT}/current/`);
  const get: ObjectStore["get"] = async (key) => {
    if (key === keys.at(-1)) {
      // Cut off after its mark and its first deletion.
      const { store: cut, count } = paused(store, Infinity, () => Promise.resolve());
      const stop = (key: string) => key === keys.at(-1) ? store.delete(key) : new Promise<never>(() => {});
      void deleteSubject({ ...cut, delete: stop }, "default", SUBJECT);
      while (await store.get(key) !== null) await new Promise((resolve) => setTimeout(resolve, 1));
      assert(count() > 0);
    }
    return await store.get(key);
  };
  await assertRejects(() => loadSubjectMeta({ ...store, get }, "default", SUBJECT), NotFoundError);
});

onEachStore(
  "of racing calibrations and erasures nothing is left that began before the last erasure",
  async (shared) => {
    const calibrations = await Promise.all(Array.from({ length: 8 }, () => begin(shared.open())));
    const work = [
      ...calibrations.map((calibration) => calibration.save()),
      ...[1, 2, 3].map(() => deleteSubject(shared.open(), "default", SUBJECT)),
    ];
    await Promise.all(work);
    await assertErased(shared);
    // The id is free for a new subject.
    const version = await (await begin(shared.open())).save();
    assertEquals((await loadSubject(shared.open(), "default", SUBJECT)).version, version);
  },
);

onEachStore(
  "what a process leaves that is killed after an erasure overtook it is nobody's, and goes at the next start",
  async (shared) => {
    let at = 0;
    for (let settled = false; !settled; at++) {
      const calibration = await begin(shared.open());
      await deleteSubject(shared.open(), "default", SUBJECT);
      const { store, count } = paused(shared.open(), at, () => new Promise(() => {}));
      // As if it had looked just before the erasure.
      const list = (prefix: string) => prefix.includes("/erasures/") ? Promise.resolve([]) : store.list(prefix);
      calibration.save({ ...store, list }).finally(() => settled = true);
      while (!settled && count() <= at) await new Promise((resolve) => setTimeout(resolve, 1));
      await assertRejects(() => loadSubjectMeta(shared.open(), "default", SUBJECT), NotFoundError);
      assertEquals(await listSubjects(shared.open(), "default"), []);
      await finishErasures(shared.open(), "default");
      await assertErased(shared, `step ${at}`);
    }
    assert(at >= 6, `${at} steps`);
  },
);

Deno.test("a calibration that was overtaken before it writes, writes nothing", async () => {
  const store = memoryStore();
  const calibration = await begin(store);
  await deleteSubject(store, "default", SUBJECT);
  const fail = () => Promise.reject(new Error("written"));
  assertEquals(await calibration.save({ ...store, put: fail, putIfAbsent: fail }), null);
});

Deno.test("an erasure erases also where the marks of earlier ones were lost", async () => {
  for (const lost of ["erasures/", "erasures/secret"]) {
    const store = memoryStore();
    for (let i = 0; i < 3; i++) await deleteSubject(store, "default", SUBJECT);
    await (await begin(store)).save();
    for (const key of await store.list(`tenants/default/${lost}`)) await store.delete(key);
    // As another process would open it.
    const other = { ...store };
    assertEquals(await subjectGeneration(other, "default", SUBJECT), 0);
    assertEquals(await deleteSubject(other, "default", SUBJECT), true);
    assertEquals((await store.list("")).filter((key) => key.includes(SUBJECT)), []);
    await assertRejects(() => loadSubjectMeta(other, "default", SUBJECT), NotFoundError);
    const version = await (await begin(other)).save();
    assertEquals((await loadSubject(other, "default", SUBJECT)).version, version);
  }
});

Deno.test("finishErasures() leaves alone who was calibrated after an erasure, and who was never erased", async () => {
  const store = memoryStore();
  await deleteSubject(store, "default", SUBJECT);
  const version = await (await begin(store)).save();
  await saveSubject(store, "default", "ben", modelWeights(), META);
  const before = await store.list("");
  assertEquals(await finishErasures(store, "default"), 0);
  assertEquals(await store.list(""), before);
  assertEquals((await loadSubject(store, "default", SUBJECT)).version, version);
});

Deno.test("a mark tells ids apart only to who has the tenant's secret, and is another in another tenant", async () => {
  const store = memoryStore();
  for (const [tenant, subject] of [["one", "anna"], ["two", "anna"], ["one", "Anna"], ["one", "anna"]] as const) {
    await deleteSubject(store, tenant, subject);
  }
  const marks = (await store.list("")).filter((key) => key.endsWith(".json")).map((key) => key.split("/")[3]);
  assertEquals([marks.length, new Set(marks).size], [4, 3]);
  assertEquals(await subjectGeneration(store, "one", "anna"), 2);
  assertEquals(await subjectGeneration(store, "two", "anna"), 1);
});

Deno.test("a tenant's secret that is damaged fails every calibration and reading, rather than forget erasures", async () => {
  const store = memoryStore();
  await deleteSubject(store, "default", SUBJECT);
  await store.put("tenants/default/erasures/secret", new Uint8Array(3));
  const other = { ...store };
  await assertRejects(() => subjectGeneration(other, "default", SUBJECT), SyntaxError, "expected 32 bytes, got 3");
  await assertRejects(() => loadSubjectMeta(other, "default", SUBJECT), SyntaxError, "expected 32 bytes");
});
