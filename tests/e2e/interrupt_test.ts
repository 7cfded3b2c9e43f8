import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { latestCheckpoint, openStore } from "../../lib/storage/mod.ts";
import { tinyClips, writeSet } from "../training/_util/tiny_run.ts";
import { needs } from "../_util/needs.ts";
import { type Background, background } from "./_util/background.ts";
import { filesBelow, type Project, TINY, withProject } from "./_util/project.ts";

const STEPS = 16;

/** A run on a packed set, for there is nothing to render. */
const DATA = [...TINY, "--data", "set.safetensors", "--holdout", "t/s4", "--backend", "wasm"];

/** One run, cut in pieces or not: the same flags every time. Two workers, so that a signal falls into a step. */
const FLAGS = [...DATA, "--steps", `${STEPS}`];

/** What a command says that has saved its work. */
const STOPPED = /\nStopped, checkpoint at step (\d+); continue with --resume\n/;

const NPX = ["-y", "--offline", "deno@2.9.6"];

const npx = await new Deno.Command("npx", { args: [...NPX, "--version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

/** A project with that set. */
function withData(body: (project: Project) => Promise<void>): Promise<void> {
  return withProject(async (project) => {
    await writeSet(join(project.folder, "set.safetensors"), tinyClips({ subjects: 4, frames: 4, micro: () => 4 }));
    await body(project);
  });
}

/** Starts `train --resume` in a process group of its own, by deno itself or through npx, and waits for a step. */
async function training(project: Project, store: string, by: "deno" | "npx", workers: number): Promise<Background> {
  // Fewer checkpoints than steps: a stop writes one of its own.
  const own = ["--workers", `${workers}`, "--set", "checkpointEvery=3"];
  const task = ["task", "train", ...FLAGS, ...own, "--store", `file:${store}`, "--resume"];
  const run = background(project, by === "npx" ? "npx" : "deno", by === "npx" ? [...NPX, ...task] : task);
  await run.until(new RegExp(`Training lightman \\d+/${STEPS} .*\n`));
  return run;
}

/** The number of outer steps that the store can go on from, and how many models it has. */
async function stateOf(project: Project, store: string): Promise<{ step: number; models: number }> {
  const objects = await filesBelow(join(project.folder, store));
  const runs = new Set(objects.flatMap((path) => /runs\/([^/]+)\//.exec(path)?.[1] ?? []));
  assertEquals(runs.size, 1, `one run in ${objects}`);
  const checkpoint = await latestCheckpoint(openStore(`file:${project.folder}/${store}`), "default", [...runs][0]!);
  if (checkpoint === null) throw new Error(`No checkpoint in ${objects}`);
  assertEquals(checkpoint.damaged, []);
  return { step: checkpoint.step, models: objects.filter((path) => path.includes("/models/")).length };
}

/** Takes the run to its end and gives the version that it publishes. */
async function finish(project: Project, store: string): Promise<string> {
  const done = await project.script("train", [...FLAGS, ...[
    "--workers",
    "1",
    "--store",
    `file:${store}`,
    "--resume",
    "--json",
    "-",
  ]]);
  assertEquals(done.code, 0, done.stderr);
  return JSON.parse(done.stdout).version;
}

Deno.test({
  ...needs(
    Deno.build.os !== "windows",
    "Windows has no process groups",
    "train that was interrupted by SIGINT, SIGTERM and SIGKILL and resumed ends at the θ of an uninterrupted run",
  ),
  fn: (test) =>
    withData(async (project) => {
      const whole = await project.script("train", [...FLAGS, "--workers", "2", "--store", "file:whole", "--json", "-"]);
      assertEquals(whole.code, 0, whole.stderr);
      let before = 0;

      for (
        const [signal, exit, by, workers] of [
          ["SIGINT", 130, "deno", 2],
          ["SIGTERM", 143, "deno", 0],
          ["SIGINT", 130, "npx", 1],
        ] as const
      ) {
        await test.step({
          ...needs(
            by === "deno" || npx,
            "no npx, or deno is not in its cache",
            `${signal} by ${by}, ${workers} workers: a checkpoint of the last whole step, exit code ${exit}`,
          ),
          async fn() {
            const run = await training(project, "cut", by, workers);
            run.kill(signal);
            const { code, output } = await run.end();
            assertEquals(code, exit, output);
            const stopped = Number(STOPPED.exec(output)?.[1]);
            if (before > 0) assertMatch(output, new RegExp(`resuming after step ${before}\n`));
            assertEquals(await stateOf(project, "cut"), { step: stopped, models: 0 });
            assert(stopped > before && stopped < STEPS, `${before} < ${stopped} < ${STEPS}`);
            before = stopped;
          },
        });
      }

      for (const wait of [0, 120, 300]) {
        await test.step(`SIGKILL ${wait} ms after a step: the store goes on from its last checkpoint`, async () => {
          const run = await training(project, "cut", "deno", 2);
          await new Promise((resolve) => setTimeout(resolve, wait));
          run.kill("SIGKILL");
          assertEquals((await run.end()).code, 137);
          const { step, models } = await stateOf(project, "cut");
          assert(step >= before && step < STEPS, `${before} <= ${step} < ${STEPS}`);
          assertEquals(models, 0);
          before = step;
        });
      }

      assertEquals(await finish(project, "cut"), JSON.parse(whole.stdout).version);
    }),
});

for (
  const { who, signal, by, there } of [
    { who: "npx", signal: "SIGTERM", by: "npx", there: npx },
    { who: "deno task", signal: "SIGKILL", by: "deno", there: true },
  ] as const
) {
  Deno.test({
    ...needs(
      Deno.build.os === "linux" && there,
      "not Linux, no npx, or deno is not in its cache",
      `train under ${who} checkpoints and stops when ${who} alone is ended by ${signal}`,
    ),
    fn: () =>
      withData(async (project) => {
        const endless = ["task", "train", ...DATA, "--steps", "100000", "--store", "file:store"];
        const run = background(project, by, by === "npx" ? [...NPX, ...endless] : endless);
        await run.until(/Training lightman \d+\/100000 .*\n/);
        run.kill(signal, "first");
        const { output } = await run.end();
        const stopped = Number(STOPPED.exec(output)?.[1]);
        assertEquals((await stateOf(project, "store")).step, stopped);
      }),
  });
}

Deno.test({
  ...needs(
    Deno.build.os !== "windows",
    "Windows has no process groups",
    "train in its own thread hears Ctrl-C between two checkpoints, in mid-step",
  ),
  fn: () =>
    withData(async (project) => {
      const flags = ["--steps", "100000", "--workers", "0", "--set", "checkpointEvery=100000"];
      const run = background(project, "deno", ["task", "train", ...DATA, ...flags, "--store", "file:store"]);
      await run.until(/Training lightman \d+\/100000 .*\n/);
      run.kill("SIGINT");
      const { code, output } = await run.end();
      assertEquals(code, 130, output);
      assertEquals((await stateOf(project, "store")).step, Number(STOPPED.exec(output)?.[1]));
    }),
});

Deno.test({
  ...needs(
    Deno.build.os !== "windows",
    "Windows has no process groups",
    "train whose store takes no checkpoint at Ctrl-C says so and exits 1",
  ),
  fn: () =>
    withData(async (project) => {
      const flags = ["--steps", "100000", "--workers", "2", "--set", "checkpointEvery=100000"];
      const run = background(project, "deno", ["task", "train", ...DATA, ...flags, "--store", "file:store"]);
      await run.until(/Training lightman \d+\/100000 .*\n/);
      // A file where the store's folder will be: nothing can be written below it.
      await Deno.writeTextFile(join(project.folder, "store"), "");
      run.kill("SIGINT");
      const { code, output } = await run.end();
      assertEquals(code, 1, output);
      assertMatch(output, /\ntrain: Cannot write "tenants\/default\/runs\/.*" to store file:store: .*\n/);
      assert(!output.includes("Stopped"), output);
    }),
});
