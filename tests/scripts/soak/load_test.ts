import { assert, assertEquals } from "@std/assert";
import { closedLoad, openLoad } from "../../../scripts/_soak/load.ts";
import { percentile } from "../../../scripts/_soak/percentile.ts";
import { soakCalibrations } from "../../../scripts/_soak/soak_calibrations.ts";
import { soakPredict } from "../../../scripts/_soak/soak_predict.ts";
import { needs } from "../../_util/needs.ts";

const signal = new AbortController().signal;

Deno.test("closedLoad() keeps so many requests under way, and counts what fails", async () => {
  let [now, most] = [0, 0];
  const send = async (i: number) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now--;
    if (i === 3) throw new Error("no");
  };
  const { times, errors } = await closedLoad(4, { send, signal, requests: 20 });
  assertEquals([times.length, errors, most], [19, ["no"], 4]);
});

Deno.test("openLoad() sends on while answers are missing, and counts a request's time from when it was due", async () => {
  const gate = Promise.withResolvers<void>();
  let sent = 0;
  const load = openLoad(1000, {
    signal,
    requests: 5,
    send: () => (++sent === 5 && setTimeout(gate.resolve, 30), gate.promise),
  });
  const { times } = await load;
  assertEquals([sent, times.length], [5, 5]);
  assert(Math.min(...times) >= 25, String(times));
});

Deno.test("percentile() takes the value below which a share lies", () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  assertEquals([percentile(values, 0.5), percentile(values, 0.99), percentile([7], 0.99)], [51, 100, 7]);
  assert(Number.isNaN(percentile([], 0.5)));
});

const linux = needs(Deno.build.os === "linux", "no /proc", "");

Deno.test({
  ...linux,
  name: `predict answers everything at saturation and at half of it, for many subjects${linux.name}`,
  async fn() {
    const rows = await soakPredict({ seconds: 1, requests: 100, subjects: 20, seed: 0, signal });
    // How fast it is depends on who else uses the machine; that nothing fails does not.
    assertEquals(rows.map(({ figures }) => figures.errors ?? 0), [0, 0, 0]);
    for (const { what, faults } of rows) assertEquals(faults, [], what);
    assert(Number(rows[2]!.figures.lateMb) > 0);
    assertEquals(rows.map(({ what, ok, notes = [] }) => [what, ok, notes.map((note) => note.split(" is ")[0])]), [
      ["predict at saturation", true, []],
      ["predict at half of saturation", true, ["too short: p99"]],
      ["memory of predict", true, ["too short: growth"]],
    ]);
  },
});

Deno.test({
  ...linux,
  name: `concurrent calibrations finish and lose nothing while predict is under load${linux.name}`,
  async fn() {
    const [row] = await soakCalibrations({ calibrations: 3, clips: 3, seconds: 1, seed: 0, signal });
    assertEquals([row!.faults, row!.figures.calibrations], [[], 3]);
  },
});
