import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { parseFlags } from "../../scripts/_lib/args.ts";
import { onEachBackend } from "../_util/on_each_backend.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";
import { bench, BENCH_SPEC, countSteps } from "../../scripts/bench.ts";

const SILENT = { say: () => {}, signal: new AbortController().signal };

const run = (...args: string[]) => bench(parseFlags(args, BENCH_SPEC).values, SILENT);

Deno.test("bench measures in a process of its own and a peer in turn with it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const peer = join(folder, "peer.ts");
    // A peer that tells what it was asked, and takes a thousand seconds.
    await Deno.writeTextFile(
      peer,
      `const at = (name) => Deno.args[Deno.args.indexOf(name) + 1];
console.log("warming up");
console.log(JSON.stringify({ peer: "other x" + at("--threads"), workload: at("--workload"), what: at("--what"), ms: 1e6,
  min_ms: 1e6, tasks_per_s: Number(at("--repeats")), peak_mb: 1 }));`,
    );
    const { rows, ratios } = await run(
      ...["--what", "meta1", "--decoder", "unet", "--backend", "wasm", "--repeats", "1", "--workers", "2"],
      ...["--peer", peer, "--peer-runtime", Deno.execPath(), "--pairs", "1"],
    );
    assertEquals(rows.map((row) => [row.peer, row.workload, row.what, row.decoder]), [
      ["lightmannet wasm x2", "tiny", "meta1", "unet"],
      ["other x2", "tiny", "meta1", "none"],
    ]);
    assertEquals(rows[1]!.tasks_per_s, 1);
    assert(rows[0]!.ms > 0 && rows[0]!.min_ms <= rows[0]!.ms && rows[0]!.peak_mb > 20);
    assert(Math.abs(rows[0]!.tasks_per_s! * rows[0]!.ms / 2000 - 1) < 0.01);
    assertEquals(ratios.map(({ peer, pairs }) => [peer, pairs]), [["other x2", 1]]);
    assert(ratios[0]!.ratio < 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bench refuses what it does not know before it measures", async () => {
  await assertRejects(() => run("--what", "meta3"), UsageError, 'predict,cold-start, got "meta3"');
  await assertRejects(
    () => run("--workload", "w1,w2"),
    UsageError,
    'w4,flow,gpu, got "w2"',
  );
  const peer = ["--what", "predict", "--repeats", "1", "--peer", "peer.py", "--peer-runtime", "no-such-program"];
  await assertRejects(() => run(...peer), UsageError, "Cannot run no-such-program");
});

onEachBackend("bench --count counts a step of as many tasks as are asked for", async () => {
  const args = ["--what", "meta1,cold-start", "--tasks", "3", "--count"];
  const rows = await countSteps(parseFlags(args, BENCH_SPEC).values, SILENT);
  assertEquals(rows.map(({ what, tasks, pipelines, reads }) => [what, tasks, pipelines, reads]), [["meta1", 3, 0, 1]]);
  assert(rows[0]!.dispatches > 500 && rows[0]!.compiled > 20);
}, ["webgpu"]);

Deno.test("bench measures a cold start whatever settings of a server the environment has", async () => {
  // A body of one clip is larger: a function with this setting answers 413.
  Deno.env.set("LIGHTMAN_MAX_BODY_BYTES", "1024");
  try {
    const { rows } = await run("--what", "cold-start", "--repeats", "1");
    assertEquals(rows.map(({ what, workload }) => [what, workload]), [["cold-start", "tiny"]]);
    assert(rows[0]!.ms > 0);
  } finally {
    Deno.env.delete("LIGHTMAN_MAX_BODY_BYTES");
  }
});
