import { assert, assertEquals } from "@std/assert";
import { chooseBackend } from "../../lib/runtime/mod.ts";
import { TOLERANCE, verifyMeta } from "../../lib/verify/mod.ts";
import { readGolden } from "../_util/golden.ts";
import { withTensorCount } from "../_util/leaks.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { tolerance } from "../_util/tolerance.ts";

const CASE = "lightman_1step_support_stats";

onEachBackend(
  "verifyMeta() finds both meta-gradients, θ′ and the logits of the reference within tolerance",
  async (backend) => {
    const golden = await readGolden("meta");
    const rows = await withTensorCount(() => verifyMeta(golden));
    assertEquals(
      rows.map((row) => row.case),
      ["second_order", "adapted", "query", "first_order"].map((part) => `${CASE} ${part}`),
    );
    for (const row of rows) assert(row.worst <= tolerance(backend), `${row.case} ${row.where}: ${row.worst}`);
  },
);

Deno.test("verifyMeta() tells first from second order, and finds one wrong number", async () => {
  await chooseBackend("wasm");
  const golden = await readGolden("meta");
  const tensors = { ...golden.tensors };
  // The references of the two orders exchanged, and one number of θ′ wrong.
  for (const key of Object.keys(golden.tensors)) {
    if (key.includes("/second_order/")) tensors[key] = golden.tensors[key.replace("second", "first")]!;
  }
  const key = `${CASE}/adapted/head.w`;
  const { shape, data } = golden.tensors[key]!;
  tensors[key] = { shape, data: Float32Array.from(data, (value, i) => i === 0 ? value + 0.01 : value) };
  const [second, adapted, query, first] = await verifyMeta({ ...golden, tensors });
  assert(second!.worst > 0.1);
  assert(adapted!.worst > TOLERANCE);
  assertEquals(adapted!.where, "adapted/head.w");
  assert(query!.worst <= TOLERANCE && first!.worst <= TOLERANCE);
});

Deno.test("verifyMeta() reports a case that it cannot run", async () => {
  await chooseBackend("wasm");
  const rows = await verifyMeta({ tensors: {}, metadata: { broken: "{}" } });
  assertEquals(rows.map(({ case: name, worst }) => [name, worst]), [["broken second_order", Infinity], [
    "broken first_order",
    Infinity,
  ]]);
  assert(rows.every((row) => row.failure !== undefined));
});
