import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { WorkerHand } from "../../lib/runtime/mod.ts";

function square(): WorkerHand<number, number, string> {
  return new WorkerHand(new URL("./_util/square_worker.ts", import.meta.url));
}

Deno.test("WorkerHand asks a worker, hears its news and its errors, and asks again", async () => {
  const hand = square();
  try {
    const news: string[] = [];
    assertEquals(await hand.ask(3, (one) => news.push(one)), 9);
    const failed = await assertRejects(() => hand.ask(-1), Error, "Cannot square -1");
    assertEquals(failed.message, "Cannot square -1");
    assertStringIncludes(failed.stack!, "RangeError: Cannot square -1\n", "the worker's own stack");
    assertStringIncludes(failed.stack!, "/square_worker.ts:");
    const odd = await assertRejects(() => hand.ask(NaN), Error, "no number");
    assertEquals(odd.stack, "no number", "what is no error has no frames worth telling");
    assertEquals(await hand.ask(4), 16);
    assertEquals(news, ["half 1.5"], "news go to who asked");
  } finally {
    hand.close();
  }
});

Deno.test("WorkerHand rejects when its worker breaks down, and ever after", async () => {
  const hand = square();
  await assertRejects(() => hand.ask(0), Error, "A worker failed: ");
  await assertRejects(() => hand.ask(3), Error, "A worker failed: ");
  hand.close();
});

Deno.test("WorkerHand rejects what it was asked when it is closed, and ever after", async () => {
  const hand = square();
  const asked = assertRejects(() => hand.ask(3), Error, "The worker was stopped");
  hand.close();
  await asked;
  await assertRejects(() => hand.ask(3), Error, "The worker was stopped");
});
