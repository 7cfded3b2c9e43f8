import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseEvents } from "../../lib/client/_parse_events.ts";

/** The events of a text that arrives in pieces cut at the given places. */
async function eventsOf(text: string, cuts: readonly number[] = []) {
  const bytes = new TextEncoder().encode(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  const stream = ReadableStream.from(ends.map((end, i) => bytes.slice(ends[i - 1] ?? 0, end)));
  return await Array.fromAsync(parseEvents(stream));
}

for (
  const [what, text, events] of [
    ["several lines of data", "data: a\ndata:b\n\n", [{ id: null, type: "message", data: "a\nb" }]],
    ["comments", ": x\n\nevent: e\nid: 1\ndata: a: b\n\n", [{ id: "1", type: "e", data: "a: b" }]],
    ["Windows' line ends", "data: a\r\n\r\ndata: b\r\n\r\n", [
      { id: null, type: "message", data: "a" },
      { id: null, type: "message", data: "b" },
    ]],
    ["an id that stays", "id: 4\ndata: a\n\ndata: b\n\n", [
      { id: "4", type: "message", data: "a" },
      { id: "4", type: "message", data: "b" },
    ]],
    ["an event that is broken off", "data: a\n\ndata: b\n", [{ id: null, type: "message", data: "a" }]],
    ["no data", "event: e\nid: 3\n\n", []],
  ] as const
) {
  Deno.test(`parseEvents() reads ${what}`, async () => {
    assertEquals(await eventsOf(text), [...events]);
  });
}

Deno.test("parseEvents() reads the same, wherever the pieces are cut", async () => {
  const text =
    'event: step\r\nid: 1\r\ndata: {"ä": 1}\r\n\r\n: c\n\nid: 2\rdata: x\ndata: y\n\nevent: last\ndata: €\n\n';
  const whole = await eventsOf(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 8 }), async (cuts) => {
      assertEquals(await eventsOf(text, cuts), whole);
    }),
    { numRuns: 200 },
  );
});
