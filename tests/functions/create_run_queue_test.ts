import { assertEquals, assertStringIncludes } from "@std/assert";
import { memoryStore, type ObjectStore } from "../../lib/storage/mod.ts";
import { problemOf } from "../_util/http_fixture.ts";
import { setUpTrain } from "./_train.ts";

/** A store that refuses writes, or reads of some keys, while it is told to. */
function frailStore(): { store: ObjectStore; state: { writable: boolean; unreadable: string | null } } {
  const inner = memoryStore();
  const state = { writable: true, unreadable: null as string | null };
  const store: ObjectStore = {
    ...inner,
    get: (key) =>
      state.unreadable !== null && key.includes(state.unreadable)
        ? Promise.reject(new Error(`Cannot read "${key}": input/output error`))
        : inner.get(key),
    putIfAbsent: (key, bytes) =>
      state.writable ? inner.putIfAbsent(key, bytes) : Promise.reject(new Error("No space left on device")),
  };
  return { store, state };
}

const stateKey = (id: string, n: number) => `tenants/default/runs/${id}/state/00000${n}.json`;

const DAMAGE: readonly [why: string, damage: (text: string) => string][] = [
  ["cut off", (text) => text.slice(0, 40)],
  ["empty", () => ""],
  ["of another shape", () => '{"status": "queued"}'],
  ["of an unknown status", (text) => text.replace('"queued"', '"paused"')],
  ["that of another run", (text) => text.replace(/"id": "[^"]*"/, '"id": "id-99"')],
];

for (const [why, damage] of DAMAGE) {
  Deno.test(`a run whose state is ${why} is logged and told apart; the other runs resume and are listed`, async () => {
    const store = memoryStore();
    const first = setUpTrain(store);
    await first.queue.close();
    const ids: string[] = [(await first.post()).id, (await first.post()).id, (await first.post()).id];
    const key = stateKey(ids[1]!, 1);
    const text = new TextDecoder().decode((await store.get(key))!);
    await store.put(key, new TextEncoder().encode(damage(text)));

    const { queue, app, trainer, deps, get, reached } = setUpTrain(store);
    assertEquals(await queue.resume("default"), 2);
    const errors = () => deps.logged.filter(({ level, run }) => level === "error" && run === ids[1]);
    assertEquals(errors().length, 1);
    (await trainer.begun(1)).finish();
    (await trainer.begun(2)).finish();
    await reached(ids[0]!, "succeeded");
    await reached(ids[2]!, "succeeded");

    const { runs } = await (await app.request("/v1/train/runs")).json();
    assertEquals(
      runs.map(({ id, status }: { id: string; status: string }) => [id, status]),
      [[ids[0], "succeeded"], [ids[2], "succeeded"], [ids[1], "unreadable"]],
    );
    for (const [path, method] of [["", "GET"], ["/events", "GET"], ["/cancel", "POST"]] as const) {
      const problem = await problemOf(await app.request(`/v1/train/runs/${ids[1]}${path}`, { method }));
      assertEquals(problem.status, 500);
      assertStringIncludes(problem.detail, `run ${ids[1]}`);
    }
    assertEquals(errors().length, 5);
    assertEquals((await get(ids[0]!)).status, "succeeded");
  });
}

Deno.test("a run whose state cannot be read from the disk blocks no other run", async () => {
  const { store, state } = frailStore();
  const first = setUpTrain(store);
  await first.queue.close();
  const ids: string[] = [(await first.post()).id, (await first.post()).id];
  state.unreadable = `runs/${ids[0]}/`;
  const { queue, trainer, reached, app } = setUpTrain(store);
  assertEquals(await queue.resume("default"), 1);
  (await trainer.begun(1)).finish();
  await reached(ids[1]!, "succeeded");
  assertEquals((await app.request("/v1/train/runs")).status, 200);
});

async function withWaitingRuns() {
  const { store, state } = frailStore();
  const made = setUpTrain(store);
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) ids.push((await made.post()).id);
  const first = await made.trainer.begun(1);
  const cancel = (id: string) => made.app.request(`/v1/train/runs/${id}/cancel`, { method: "POST" });
  return { ...made, store, state, ids, first, cancel };
}

Deno.test("a waiting run whose cancellation the store does not take keeps its place, and works when its turn comes", async () => {
  const { state, ids, first, cancel, get, trainer, reached, deps } = await withWaitingRuns();
  state.writable = false;
  assertEquals((await problemOf(await cancel(ids[1]!))).status, 503);
  assertEquals((await get(ids[1]!)).status, "queued");
  assertEquals(deps.logged.some(({ level, run }) => level === "error" && run === ids[1]), true);
  state.writable = true;
  first.finish();
  assertEquals((await trainer.begun(2)).options.runId, ids[1]);
  trainer.runs[1]!.finish();
  assertEquals((await trainer.begun(3)).options.runId, ids[2]);
  trainer.runs[2]!.finish();
  (await trainer.begun(4)).finish();
  await reached(ids[3]!, "succeeded");
});

Deno.test("a waiting run whose cancellation failed can be cancelled later, also twice at once", async () => {
  const { state, ids, first, cancel, trainer, reached, store } = await withWaitingRuns();
  state.writable = false;
  const failed = await Promise.all([cancel(ids[2]!), cancel(ids[2]!)]);
  assertEquals(failed.map(({ status }) => status), [503, 503]);
  state.writable = true;
  const done = await Promise.all([cancel(ids[2]!), cancel(ids[2]!)]);
  assertEquals(done.map(({ status }) => status), [200, 200]);
  assertEquals((await store.list(`tenants/default/runs/${ids[2]}/state/`)).length, 2);
  first.finish();
  (await trainer.begun(2)).finish();
  assertEquals((await trainer.begun(3)).options.runId, ids[3]);
  trainer.runs[2]!.finish();
  await reached(ids[3]!, "succeeded");
  assertEquals(trainer.runs.length, 3);
});

Deno.test("a waiting run whose cancellation failed is taken up by the next process", async () => {
  const { state, ids, cancel, queue, store } = await withWaitingRuns();
  state.writable = false;
  assertEquals((await cancel(ids[1]!)).status, 503);
  await queue.close();
  state.writable = true;
  const next = setUpTrain(store);
  assertEquals(await next.queue.resume("default"), 4);
  assertEquals((await next.trainer.begun(1)).options.runId, ids[0]);
  next.trainer.runs[0]!.finish();
  assertEquals((await next.trainer.begun(2)).options.runId, ids[1]);
  await next.queue.close();
});

Deno.test("a working run stops although the store does not take its cancellation; cancelling again saves it", async () => {
  const { state, ids, cancel, get, trainer, first } = await withWaitingRuns();
  const others = ids.slice(1);
  for (const id of others) assertEquals((await cancel(id)).status, 200);
  state.writable = false;
  assertEquals((await problemOf(await cancel(ids[0]!))).status, 503);
  assertEquals([first.options.signal.aborted, (await get(ids[0]!)).status], [true, "running"]);
  assertEquals((await problemOf(await cancel(ids[0]!))).status, 503);
  state.writable = true;
  assertEquals((await (await cancel(ids[0]!)).json()).status, "cancelled");
  assertEquals([(await get(ids[0]!)).status, (await cancel(ids[0]!)).status], ["cancelled", 409]);
  assertEquals(trainer.runs.length, 1);
});

Deno.test("a run that is posted while the queue closes stays queued, and its events end", async () => {
  const { queue, post, app, get } = setUpTrain();
  await queue.close();
  const { id } = await post();
  const text = await (await app.request(`/v1/train/runs/${id}/events`)).text();
  assertStringIncludes(text, '"status":"queued"');
  assertEquals((await get(id)).status, "queued");
});
