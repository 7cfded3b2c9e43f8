import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  checkSubjectId,
  deleteSubject,
  listSubjects,
  loadSubject,
  loadSubjectMeta,
  memoryStore,
  NotFoundError,
  saveSubject,
} from "../../lib/storage/mod.ts";
import { modelWeights } from "../_util/model_card.ts";
import { SUBJECT_META } from "./_util/subject_meta.ts";

Deno.test("saveSubject() stores what loadSubject() gives back, and the later calibration is current", async () => {
  const store = memoryStore();
  const one = await saveSubject(store, "default", "s1", modelWeights([1, 2, 3]), SUBJECT_META);
  const two = await saveSubject(store, "default", "s1", modelWeights([4, 5, 6]), SUBJECT_META);
  const loaded = await loadSubject(store, "default", "s1");
  assertEquals(loaded.version, two);
  assertEquals(loaded.weights, modelWeights([4, 5, 6]));
  assertEquals(loaded.meta.model, SUBJECT_META.model);
  assertEquals((await loadSubjectMeta(store, "default", "s1")).after, SUBJECT_META.after);
  assertEquals(one === two, false);
  assertEquals(await listSubjects(store, "default"), ["s1"]);
  assertEquals(await listSubjects(store, "other"), []);
});

Deno.test("saveSubject() that is cut off before its manifest leaves the earlier calibration in force", async () => {
  const store = memoryStore();
  const one = await saveSubject(store, "default", "s1", modelWeights([1, 2, 3]), SUBJECT_META);
  const broken = {
    ...store,
    putIfAbsent: (key: string, bytes: Uint8Array) =>
      key.includes("/current/") ? Promise.reject(new Error("crash")) : store.putIfAbsent(key, bytes),
  };
  await assertRejects(
    () => saveSubject(broken, "default", "s1", modelWeights([4, 5, 6]), SUBJECT_META),
    Error,
    "crash",
  );
  assertEquals((await loadSubject(store, "default", "s1")).version, one);
});

Deno.test("loadSubject() refuses damaged weights", async () => {
  const store = memoryStore();
  const version = await saveSubject(store, "default", "s1", modelWeights(), SUBJECT_META);
  await store.put(`tenants/default/subjects/s1/${version}/weights.safetensors`, new Uint8Array(20));
  await assertRejects(() => loadSubject(store, "default", "s1"), SyntaxError, "expected SHA-256");
});

Deno.test("deleteSubject() removes every object of that subject and no other", async () => {
  const store = memoryStore();
  await saveSubject(store, "default", "s1", modelWeights([1, 2, 3]), SUBJECT_META);
  await saveSubject(store, "default", "s1", modelWeights([4, 5, 6]), SUBJECT_META);
  await saveSubject(store, "default", "s10", modelWeights(), SUBJECT_META);
  await store.put("tenants/default/subjects/s1/orphan/weights.safetensors", new Uint8Array(1));
  assertEquals(await deleteSubject(store, "default", "s1"), true);
  assertEquals(await store.list("tenants/default/subjects/s1/"), []);
  assertEquals(await listSubjects(store, "default"), ["s10"]);
  assertEquals(await deleteSubject(store, "default", "s1"), false);
  await assertRejects(() => loadSubject(store, "default", "s1"), NotFoundError);
});

Deno.test("saveSubject() refuses meta that is not of the schema", async () => {
  const meta = { ...SUBJECT_META, model: { name: "main", version: "latest" } };
  await assertRejects(() => saveSubject(memoryStore(), "default", "s1", {}, meta), SyntaxError, "model.version");
});

Deno.test("checkSubjectId() accepts 1 to 128 of the alphabet", () => {
  for (const id of ["a", "samm-006", "A.b_c-9", "...", "x".repeat(128)]) assertEquals(checkSubjectId(id), id);
});

for (const id of ["", ".", "..", "a/b", "../a", "a\\b", "a b", "ä", "a\n", "x".repeat(129), "a%2f"]) {
  Deno.test(`checkSubjectId() refuses ${JSON.stringify(id.slice(0, 12))}`, () => {
    assertThrows(() => checkSubjectId(id), RangeError, "Cannot use subject id");
  });
}

Deno.test("loadSubjectMeta() of a damaged object quotes nothing of what stands in it", async () => {
  const store = memoryStore();
  const version = await saveSubject(store, "default", "s1", modelWeights(), SUBJECT_META);
  const key = `tenants/default/subjects/s1/${version}/meta.json`;
  for (const text of ['{"subject":"Annabel",x', "Annabel", '{"a":1}Annabel', '{"subject":"Annabel"']) {
    await store.put(key, new TextEncoder().encode(text));
    const { message } = await assertRejects(
      () => loadSubjectMeta(store, "default", "s1"),
      SyntaxError,
      "expected JSON",
    );
    assertEquals(
      [message.startsWith(`Cannot read "${key}"`), /nnab|nabel|subject"/.test(message)],
      [true, false],
      message,
    );
  }
});
