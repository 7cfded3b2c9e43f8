import { assertEquals, assertRejects } from "@std/assert";
import { createLookups, type Found } from "../../functions/predict/_create_lookups.ts";

const BASE = { owner: "t", name: "m", version: "1" };

/** A store that counts how often it is asked, and a clock that is set by hand. */
function setUp(freshMs: number) {
  const clock = { ms: 0, asked: 0, version: "1" };
  const lookups = createLookups({ freshMs, now: () => clock.ms });
  const look = () => {
    clock.asked++;
    return Promise.resolve<Found>({ version: clock.version, base: BASE });
  };
  const find = async (slot = "a") => (await lookups.find(slot, look)).version;
  return { clock, lookups, find };
}

Deno.test("createLookups() asks the store once within the window, and again after it", async () => {
  const { clock, find } = setUp(1000);
  assertEquals(await Promise.all([find(), find(), find("b")]), ["1", "1", "1"]);
  clock.version = "2";
  clock.ms = 999;
  assertEquals([await find(), clock.asked], ["1", 2]);
  clock.ms = 1000;
  assertEquals([await find(), clock.asked], ["2", 3]);
});

Deno.test("createLookups() counts the window from the beginning of the question", async () => {
  const { clock, lookups, find } = setUp(1000);
  const slow = Promise.withResolvers<Found>();
  const first = lookups.find("a", () => slow.promise);
  clock.ms = 900;
  slow.resolve({ version: "old", base: BASE });
  assertEquals((await first).version, "old");
  clock.ms = 1001;
  assertEquals(await find(), "1");
});

Deno.test("createLookups() asks anew after a slot is dropped, also while it is being asked", async () => {
  const { lookups, find } = setUp(1000);
  const slow = Promise.withResolvers<Found>();
  const first = lookups.find("a", () => slow.promise);
  lookups.drop("a");
  assertEquals(await find(), "1");
  slow.resolve({ version: "old", base: BASE });
  assertEquals([(await first).version, await find()], ["old", "1"]);
});

Deno.test("createLookups() names nobody any more after the window, once it is used or swept", async () => {
  const { clock, lookups, find } = setUp(1000);
  for (const slot of ["a", "b", "c"]) await find(slot);
  clock.ms = 999;
  lookups.sweep();
  assertEquals(lookups.entries, 3);
  clock.ms = 1000;
  await find("d");
  assertEquals(lookups.entries, 1);
  clock.ms = 2000;
  lookups.sweep();
  assertEquals(lookups.entries, 0);
});

Deno.test("createLookups() remembers no failure, and without a window nothing at all", async () => {
  const { lookups, find } = setUp(1000);
  await assertRejects(() => lookups.find("a", () => Promise.reject(new Error("no store"))), Error, "no store");
  assertEquals(await find(), "1");
  const none = setUp(0);
  await Promise.all([none.find(), none.find()]);
  assertEquals(none.clock.asked, 2);
});
