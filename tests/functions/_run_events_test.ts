import { assertEquals } from "@std/assert";
import { RunEvents } from "../../functions/train/_run_events.ts";

const progress = (what: string, done: number) => ({ type: "progress", what, done, total: 2000 }) as const;
const status = (message: string) => ({ type: "status", message }) as const;

Deno.test("RunEvents keep the last count of the same work, and all else before it", () => {
  const events = new RunEvents();
  events.add("status", status("begun"));
  for (let i = 1; i <= 2000; i++) events.add("progress", progress("Rendering clips", i));
  events.add("progress", progress("Reading clips", 1));
  events.add("status", status("training"));
  events.add("progress", progress("Reading clips", 2));
  assertEquals(events.after(0).map(({ id, data }) => [id, data]), [
    [1, status("begun")],
    [2001, progress("Rendering clips", 2000)],
    [2002, progress("Reading clips", 1)],
    [2003, status("training")],
    [2004, progress("Reading clips", 2)],
  ]);
  assertEquals(events.after(2002).map(({ id }) => id), [2003, 2004]);
});

Deno.test("RunEvents wake who waits at every count", async () => {
  const events = new RunEvents();
  const seen: number[] = [];
  for (let i = 1; i <= 3; i++) {
    const changed = events.changed;
    events.add("progress", progress("Reading clips", i));
    await changed;
    seen.push(...events.after(seen.at(-1) ?? 0).map(({ id }) => id));
  }
  assertEquals(seen, [1, 2, 3]);
});
