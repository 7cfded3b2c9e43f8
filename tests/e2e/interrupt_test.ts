import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { latestCheckpoint, openStore } from "../../lib/storage/mod.ts";
import { needs } from "../_util/needs.ts";
import { type Background, background } from "./_util/background.ts";
import { filesBelow, type Project, TINY, withProject } from "./_util/project.ts";

const STEPS = 16;

/** One run, cut in pieces or not: the same flags every time. Two workers, so that a signal falls into a step. */
const FLAGS = [
  ...TINY,
  ...["--steps", `${STEPS}`, "--workers", "2", "--backend", "wasm"],
  ...["synthetic.trainSubjects=3", "synthetic.holdoutSubjects=1", "checkpointEvery=1"].flatMap((
    text,
  ) => ["--set", text]),
];

const NPX = ["-y", "--offline", "deno@2.9.6"];

const npx = await new Deno.Command("npx", { args: [...NPX, "--version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);

/** Starts `train --resume` in a process group of its own, by deno itself or through npx, and waits for a step. */
async function training(project: Project, store: string, by: "deno" | "npx" = "deno"): Promise<Background> {
  const task = ["task", "train", ...FLAGS, "--store", `file:${store}`, "--resume"];
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
  const done = await project.script("train", [...FLAGS, "--store", `file:${store}`, "--resume", "--json", "-"]);
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
    withProject(async (project) => {
      const whole = await project.script("train", [...FLAGS, "--store", "file:whole", "--json", "-"]);
      assertEquals(whole.code, 0, whole.stderr);
      let before = 0;

      for (
        const [signal, exit, by] of [["SIGINT", 130, "deno"], ["SIGTERM", 143, "deno"], ["SIGINT", 130, "npx"]] as const
      ) {
        await test.step({
          ...needs(
            by === "deno" || npx,
            "no npx, or deno is not in its cache",
            `${signal} to the process group, by ${by}: a checkpoint of the last whole step, exit code ${exit}`,
          ),
          async fn() {
            const run = await training(project, "cut", by);
            run.kill(signal);
            const { code, output } = await run.end();
            assertEquals(code, exit, output);
            const stopped = Number(/\nStopped after step (\d+); continue with --resume\n/.exec(output)?.[1]);
            if (before > 0) assertMatch(output, new RegExp(`resuming after step ${before}\n`));
            assertEquals(await stateOf(project, "cut"), { step: stopped, models: 0 });
            assert(stopped > before && stopped < STEPS, `${before} < ${stopped} < ${STEPS}`);
            before = stopped;
          },
        });
      }

      await test.step("SIGKILL: the store goes on from the last checkpoint", async () => {
        const run = await training(project, "cut");
        run.kill("SIGKILL");
        assertEquals((await run.end()).code, 137);
        const { step, models } = await stateOf(project, "cut");
        assert(step >= before && step < STEPS, `${before} <= ${step} < ${STEPS}`);
        assertEquals(models, 0);
      });

      assertEquals(await finish(project, "cut"), JSON.parse(whole.stdout).version);
    }),
});

Deno.test({
  ...needs(
    Deno.build.os === "linux" && npx,
    "not Linux, no npx, or deno is not in its cache",
    "train under npx checkpoints and stops when npx alone is ended by SIGTERM",
  ),
  fn: () =>
    withProject(async (project) => {
      const endless = ["task", "train", ...FLAGS, "--steps", "100000", "--store", "file:store"];
      // --steps once only: the flags' own is taken out.
      endless.splice(endless.indexOf("--steps"), 2);
      const run = background(project, "npx", [...NPX, ...endless]);
      await run.until(/Training lightman \d+\/100000 .*\n/);
      run.kill("SIGTERM", "first");
      const { output } = await run.end();
      const stopped = Number(/\nStopped after step (\d+); continue with --resume\n/.exec(output)?.[1]);
      assertEquals((await stateOf(project, "store")).step, stopped);
    }),
});
