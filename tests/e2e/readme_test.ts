import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { configSchema } from "../../lib/config/mod.ts";
import { syntheticFolder } from "../../lib/training/mod.ts";
import { ROOT } from "../../scripts/_lib/files.ts";
import { background } from "./_util/background.ts";
import { filesBelow, TINY, withProject } from "./_util/project.ts";
import { needs } from "../_util/needs.ts";

const README = await Deno.readTextFile(join(ROOT, "README.md"));

/** The shell block after a marker. */
function blockAfter(marker: string): string {
  const block = README.split(`<!-- tested: ${marker} -->`)[1]?.match(/^\s*```sh\n([\s\S]*?)^```/m)?.[1];
  if (!block) throw new Error(`README.md has no block after the marker ${marker}`);
  return block;
}

/** JSON texts that stand one after another. */
function jsonTexts(text: string): unknown[] {
  return JSON.parse(`[${text.trim().replaceAll(/\}\s*\{/g, "},{")}]`);
}

/** Where the default synthetic set lies, and the one of this test. */
const DEFAULT_FOLDER = syntheticFolder(configSchema.parse({}));
const TINY_FOLDER = syntheticFolder(configSchema.parse({ size: 16, synthetic: { holdoutSubjects: 1 } }));

Deno.test("README and docs name the folder of the default synthetic set", async () => {
  const http = await Deno.readTextFile(join(ROOT, "docs/http.md"));
  for (const text of [README, http]) {
    assertEquals([...text.matchAll(/^DATA=(.*)$/gm)].map(([, folder]) => folder), [`data/${DEFAULT_FOLDER}`]);
  }
});

interface Calibration {
  readonly subject: string;
  readonly version: string;
  readonly model: { readonly name: string; readonly version: string };
  readonly innerSteps: number;
  readonly before: { readonly loss: number; readonly accuracy: number };
  readonly after: { readonly loss: number; readonly accuracy: number };
  readonly classes: string[];
}

interface Prediction {
  readonly predictions: { readonly label: string; readonly probabilities: Record<string, number> }[];
  readonly model: { readonly name: string; readonly version: string };
  readonly subject: { readonly id: string; readonly version: string; readonly stale: boolean } | null;
}

const VERSION = /^[0-9a-f]{16}$/;
const CLASSES = ["negative", "positive", "surprise"];

function checkCalibration({ subject, version, model, innerSteps, before, after, classes, ...rest }: Calibration) {
  assertEquals([subject, model.name, innerSteps, classes, rest], ["s25", "lightman", 1, CLASSES, {}]);
  assertMatch(version, VERSION);
  assertMatch(model.version, VERSION);
  for (const { loss, accuracy } of [before, after]) {
    assert(loss > 0 && Number.isFinite(loss) && accuracy >= 0 && accuracy <= 1, JSON.stringify({ before, after }));
  }
  assert(after.loss < before.loss, "one step along the gradient lowers the loss of the calibration clips");
}

function checkPredictions({ predictions }: Prediction, count: number) {
  assertEquals(predictions.length, count);
  for (const { label, probabilities } of predictions) {
    assertEquals(Object.keys(probabilities).sort(), CLASSES);
    const values = Object.values(probabilities);
    assert(Math.abs(values.reduce((a, b) => a + b) - 1) < 1e-5, `${values} add up to 1`);
    assertEquals(probabilities[label], Math.max(...values));
  }
}

const there = async (program: string) =>
  await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output().then(
    ({ success }) => success,
    () => false,
  );

Deno.test({
  ...needs(
    await there("bash") && await there("curl"),
    "no bash or no curl",
    "the README's way from train over calibrate and predict to delete works as it is printed",
  ),
  fn: () =>
    withProject(async (project) => {
      const trained = await project.run("deno", [
        "task",
        "train",
        "--steps",
        "2",
        "--set",
        "synthetic.holdoutSubjects=1",
        ...TINY,
        "--json",
        "-",
      ]);
      assertEquals(trained.code, 0, trained.stderr);
      const { version } = JSON.parse(trained.stdout);
      assertMatch(
        trained.stderr,
        /Next:\n {2}(?:npx -y deno@2.9.6|deno) task serve\n {2}then, in another terminal, calibrate s25/,
      );

      const server = background(project, "deno", ["task", "serve", "--port", "0"]);
      const [, url] = await server.until(/Serving train, adapt, predict at (\S+\d)/);
      try {
        // As printed, but for the port, which may be taken here, and the folder of the tiny set.
        const block = blockAfter("calibrate-and-predict")
          .replaceAll("http://127.0.0.1:8000", url!)
          .replace(DEFAULT_FOLDER, TINY_FOLDER);
        const { code, stdout, stderr } = await project.run("bash", ["-euo", "pipefail", "-c", block]);
        assertEquals(code, 0, stderr);
        const [calibration, own, anyone, ...rest] = jsonTexts(stdout) as [Calibration, Prediction, Prediction];
        assertEquals(rest, []);
        checkCalibration(calibration);
        for (const answer of [own, anyone]) {
          checkPredictions(answer, CLASSES.length);
          assertEquals(answer.model, { name: "lightman", version });
        }
        assertEquals(own.subject, { id: "s25", version: calibration.version, stale: false });
        assertEquals(anyone.subject, null);
        assert(JSON.stringify(own.predictions) !== JSON.stringify(anyone.predictions), "calibration changes something");

        // What train itself prints, too.
        const printed = trained.stderr.split("has not seen:\n")[1]!.replaceAll("http://127.0.0.1:8000", url!);
        const next = await project.run("bash", ["-euo", "pipefail", "-c", printed]);
        assertEquals(next.code, 0, next.stderr);
        const [again, one] = jsonTexts(next.stdout) as [Calibration, Prediction];
        checkCalibration(again);
        assertEquals(one.subject?.id, "s25");
        await (await fetch(`${url}/v1/subjects/s25`, { method: "DELETE" })).body?.cancel();

        const objects = await filesBelow(join(project.folder, "store"));
        assert(objects.includes(`tenants/default/models/lightman/${version}/model.json`));
        assertEquals(objects.filter((path) => path.includes("s25") || path.includes("/subjects/")), []);
      } finally {
        server.kill("SIGINT");
      }
      assertEquals((await server.end()).code, 130);
    }),
});

Deno.test("the README's two commands are tasks of deno.json, run by one version of Deno", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const commands = [...README.matchAll(/^npx -y deno@(\S+) task (\S+)/gm)];
  assertEquals(commands.map(([, , task]) => task), ["train", "test"]);
  for (const [, version, task] of commands) {
    assert(Object.hasOwn(tasks, task!));
    const ci = await Deno.readTextFile(join(ROOT, ".ci/run"));
    assert(ci.includes(`npx -y deno@${version} task`), `.ci/run takes deno ${version} too`);
  }
});

Deno.test("the README's port is the one that serve opens", () =>
  withProject(async ({ script }) => {
    const { stdout } = await script("serve", ["--help"]);
    const port = /--port N .*\(LIGHTMAN_PORT, else (\d+)\)/.exec(stdout)?.[1];
    const ports = new Set([...README.matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => match[1]));
    assertEquals([...ports], [port]);
  }));

Deno.test("every flag that README and docs name belongs to a command, and to the one it is shown with", () =>
  withProject(async ({ script }) => {
    const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as { tasks: Record<string, string> };
    const flagsOf = new Map<string, Set<string>>();
    for (const [task, command] of Object.entries(tasks)) {
      const name = /scripts\/(\w+)\.ts/.exec(command)?.[1];
      if (name === undefined) continue;
      const { stdout } = await script(name, ["--help"]);
      const flags = new Set([...stdout.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1]!));
      assert(flags.has("--help") && stdout.includes(`deno task ${task} [flags]`), `${task} --help: ${stdout}`);
      flagsOf.set(task, flags).set(`scripts/${name}.ts`, flags);
    }
    // commands.md speaks of "--flag value" in general.
    const known = new Set([...flagsOf.values()].flatMap((flags) => [...flags])).add("--flag");
    const docs = (await filesBelow(join(ROOT, "docs"))).filter((file) => file.endsWith(".md"));
    const faults: string[] = [];
    for (const file of ["README.md", "CONTRIBUTING.md", ...docs.map((name) => `docs/${name}`)]) {
      const text = (await Deno.readTextFile(join(ROOT, file))).replaceAll("\\\n", " ");
      // Commands end where a pipe, a redirection, a comment or a code span ends.
      for (const [, task, rest] of text.matchAll(/(?:\btask |-A )([a-z][\w:./-]*)([^|>#`\n]*)/g)) {
        const flags = flagsOf.get(task!);
        for (const [flag] of rest!.matchAll(/(?<=\s)--[\w-]+/g)) {
          if (flags && !flags.has(flag)) faults.push(`${file}: ${task} has no flag ${flag}`);
        }
      }
      for (const [, flag] of text.matchAll(/`(--[a-z][\w-]*)/g)) {
        if (!known.has(flag!)) faults.push(`${file}: no command has the flag ${flag}`);
      }
    }
    assertEquals(faults, []);
  }));
