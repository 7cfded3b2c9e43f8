import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createWorkQueue, ProblemError } from "../../lib/http/mod.ts";

/** Work that waits to be released. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, release: resolve };
}

Deno.test("createWorkQueue() lets so many work at once, and the others in the order they came", async () => {
  const queue = createWorkQueue({ active: 2, places: 10 });
  const order: number[] = [];
  const gates = Array.from({ length: 5 }, gate);
  const done = gates.map(({ work }, i) =>
    queue.enter().run(async () => {
      order.push(i);
      await work();
      if (i === 1) throw new Error("one fails");
    })
  );
  await Promise.resolve();
  assertEquals([order, queue.active, queue.places], [[0, 1], 2, 5]);
  for (const { release } of gates) release();
  const results = await Promise.allSettled(done);
  assertEquals(results.map(({ status }) => status === "fulfilled"), [true, false, true, true, true]);
  assertEquals([order, queue.active], [[0, 1, 2, 3, 4], 0]);
});

Deno.test("createWorkQueue() is full with 503 and Retry-After, until a place is given back, once", () => {
  const queue = createWorkQueue({ places: 2 });
  const [place] = [queue.enter(), queue.enter()];
  const error = assertThrows(() => queue.enter(), ProblemError, "the server is full");
  assertEquals([error.status, error.headers["Retry-After"]], [503, "1"]);
  place.leave();
  place.leave();
  assertEquals(queue.places, 1);
  queue.enter();
  assertThrows(() => queue.enter(), ProblemError);
});

Deno.test("createWorkQueue() takes who gives up out of the line, and nobody else", async () => {
  const queue = createWorkQueue({ active: 1 });
  const first = gate();
  const abort = new AbortController();
  const order: string[] = [];
  const note = (name: string) => () => Promise.resolve(void order.push(name));
  const a = queue.enter().run(first.work);
  const b = queue.enter().run(note("b"), abort.signal);
  const c = queue.enter().run(note("c"), new AbortController().signal);
  abort.abort(new Error("left"));
  await assertRejects(() => b, Error, "left");
  await assertRejects(() => queue.enter().run(note("d"), abort.signal), Error, "left");
  first.release();
  await Promise.all([a, c]);
  assertEquals([order, queue.active], [["c"], 0]);
  // After its turn a signal is nobody's any more.
  abort.abort();
  await queue.enter().run(note("e"));
  assertEquals(order, ["c", "e"]);
});
