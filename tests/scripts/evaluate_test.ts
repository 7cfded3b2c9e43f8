import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { ALGORITHMS } from "../../lib/config/mod.ts";
import { join } from "@std/path";
import { encodePacked } from "../../lib/data/mod.ts";
import type { StudyReportData } from "../../lib/eval/mod.ts";
import { encodeSafetensors } from "../../lib/storage/mod.ts";
import { EVALUATE_SPEC } from "../../scripts/_evaluate_spec.ts";
import { parseFlags } from "../../scripts/_lib/args.ts";
import { ROOT } from "../../scripts/_lib/files.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";
import { evaluate } from "../../scripts/evaluate.ts";
import { background } from "../e2e/_util/background.ts";
import { filesBelow, type Project, withProject } from "../e2e/_util/project.ts";
import { FOUR_PEOPLE } from "../study/_util/tiny_study.ts";

/** Four people, trainings of a moment. */
function tiny({ steps = 2, shots = "1" } = {}): string[] {
  return [
    ...["--data", "clips.safetensors", "--macro", "none", "--algorithm", "maml", "--decoder", "none"],
    ...["--shots", shots, "--steps", String(steps), "--backend", "wasm", "--workers", "1"],
    ...["frames=1", "size=16", "input=frames", "channels=2", "queries=1", "tasksPerStep=1"]
      .flatMap((one) => ["--set", one]),
  ];
}

async function writeClips(folder: string): Promise<void> {
  const { tensors, metadata } = encodePacked(FOUR_PEOPLE);
  await Deno.writeFile(join(folder, "clips.safetensors"), encodeSafetensors(tensors, metadata));
}

async function reportOf(project: Project, file: string): Promise<StudyReportData> {
  return JSON.parse(await Deno.readTextFile(join(project.folder, file)));
}

/** What does not depend on the clock. */
const said = ({ summary }: StudyReportData) =>
  summary.rows.map(({ trainSeconds: _, secondsPerTraining: __, ...row }) => row);

const WRONG: [string, string][] = [
  ["--protocol losoo", "expected one of holdout, loso"],
  ["--protocol loso --folds 5", "Cannot use --folds with --protocol loso: it has one fold a subject"],
  ["--protocol cde --folds 5", "Cannot use --folds with --protocol cde"],
  [
    "--protocol loso --algorithm lightman,nonsense",
    `expected some of ${Object.keys(ALGORITHMS).join(", ")}, or all, got "nonsense"`,
  ],
  [
    "--protocol loso --backbone conv5",
    'Cannot use --backbone: expected some of conv4, resnet, vgg19, densenet, or all, got "conv5"',
  ],
  ["--protocol lambda --algorithm all", "Cannot use several algorithms with --protocol lambda"],
  ["--protocol ablation --algorithm maml", "Cannot use --algorithm with --protocol ablation"],
  ["--protocol steps --backbone conv4,conv4", "Cannot use several backbones with --protocol steps"],
  ["--protocol loso --shots 1,5", "Cannot use several --shots with --protocol loso"],
  ["--protocol fewshot --shots 1,0", 'Cannot use --shots: expected whole numbers of at least 1, got "0"'],
  ["--protocol fewshot --shots 1,", 'Cannot use --shots: expected whole numbers of at least 1, got ""'],
  ["--protocol loso --repeats 3", "Cannot use --repeats with --protocol loso: it is for a published model"],
  ["--protocol loso --version 0123456789abcdef", "Cannot use --version with --protocol loso"],
  ["--protocol loso --holdout 0.3", "Cannot use --holdout with --protocol loso"],
  ["--protocol loso --absent 1", "Cannot use --absent with --protocol loso"],
  ["--protocol loso --name other", "Cannot use --name with --protocol loso"],
  ["--protocol loso --data missing.csv", 'Cannot use data "missing.csv"'],
  ["--protocol loso --set nonsense=1", "nonsense"],
  ["--protocol loso --report missing/page.html", "Cannot write missing/page.html: its folder does not exist"],
  ["--protocol loso --json missing/page.json", "Cannot write missing/page.json: its folder does not exist"],
  ["--protocol loso --store s3://bucket", "Cannot open store"],
  ["--protocol loso --runs 0", "Cannot use --runs: expected an integer of at least 1"],
  ["--runs 3", "Cannot use --runs with --protocol holdout: a published model has its own; name a protocol that trains"],
  ["--folds 3", "Cannot use --folds with --protocol holdout"],
  ["--set shots=1", "Cannot use --set with --protocol holdout"],
  ["--preset paper", "Cannot use --preset with --protocol holdout"],
  ["--algorithm maml", "Cannot use --algorithm with --protocol holdout"],
  ["--steps 3", "Cannot use --steps with --protocol holdout"],
  ["--report page.html", "Cannot use --report with --protocol holdout"],
  ["--shots 1,5", 'Cannot use --shots: expected one number, got "1,5"'],
  ["--version xyz", 'Cannot use --version: expected 16 hexadecimal digits, got "xyz"'],
];

Deno.test("evaluate refuses wrong flags before it does anything", async () => {
  for (const [line, message] of WRONG) {
    const error = await assertRejects(
      async () => await evaluate(parseFlags(line.split(" "), EVALUATE_SPEC), new AbortController().signal),
      UsageError,
      message,
      line,
    );
    assertEquals((error as Error).message.includes("\n"), false, line);
  }
});

Deno.test("evaluate ends with exit code 2 and one line for a wrong flag, with 1 for data that cannot support it", async () => {
  await withProject(async (project) => {
    await writeClips(project.folder);
    const wrong = await project.script("evaluate", ["--protocol", "loso", "--folds", "3"]);
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertEquals(wrong.stderr, "evaluate: Cannot use --folds with --protocol loso: it has one fold a subject\n");
    const few = await project.script("evaluate", ["--protocol", "steps", ...tiny(), "--folds", "9"]);
    assertEquals(few.code, 1);
    assertStringIncludes(few.stderr, "evaluate: Cannot hold out subjects: expected 2 to 4 folds");
    const large = await project.script("evaluate", [
      "--protocol",
      "fewshot",
      ...tiny({ shots: "1,7" }),
      "--folds",
      "4",
    ]);
    assertEquals(large.code, 1);
    assertStringIncludes(
      large.stderr,
      "no held-out subject has 8 clips in two classes; the largest K that works is 2, use --shots 2",
    );
    assertEquals(await filesBelow(project.folder), ["clips.safetensors", "deno.json"], "nothing was begun");
  });
});

Deno.test("evaluate --dry-run says what would run and what it costs, and leaves nothing", async () => {
  await withProject(async (project) => {
    await writeClips(project.folder);
    const { code, stdout, stderr } = await project.script("evaluate", [
      ...["--protocol", "loso", ...tiny(), "--dry-run", "--json", "-"],
    ]);
    assertEquals(code, 0, stderr);
    assertMatch(stderr, /Would run 4 trainings, 8 outer steps: about .+ on 1 core /);
    const cost = JSON.parse(stdout);
    assertEquals([cost.protocol, cost.trainings, cost.kept, cost.steps], ["loso", 4, 0, 8]);
    assert(cost.seconds > 0);
    assertEquals(await filesBelow(project.folder), ["clips.safetensors", "deno.json"]);
    const run = await project.script("evaluate", ["--protocol", "loso", ...tiny()]);
    assertEquals(run.code, 0, run.stderr);
    const rest = await project.script("evaluate", ["--protocol", "loso", ...tiny(), "--dry-run"]);
    assertStringIncludes(rest.stdout, "4 of 4 are kept in file:./store from before.\nNothing would be trained.\n");
  });
});

Deno.test("evaluate that is killed goes on where it was, and ends with the same table", async () => {
  await withProject(async (project) => {
    await writeClips(project.folder);
    const args = ["--protocol", "cde", ...tiny({ steps: 30 }), "--json", "killed.json"];
    const program = ["run", "-A", "--no-check", "--config", `${ROOT}deno.json`, `${ROOT}scripts/evaluate.ts`, ...args];
    const kept = async () => (await filesBelow(join(project.folder, "store"))).filter((name) => name.endsWith(".json"));
    const child = background(project, Deno.execPath(), program);
    while ((await kept()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await child.end();
    const before = (await kept()).length;
    assert(before >= 1 && before < 4, `${before} of 4 trainings were done`);

    const again = await project.run(Deno.execPath(), program);
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stderr, `${before} kept`);
    assertEquals((await kept()).length, 4);
    const files = await filesBelow(project.folder);
    assert(files.includes("cde.html") && files.includes("killed.json"));
    assertMatch(again.stdout, /The report is cde\.html/);

    // In another store everything is done anew.
    const whole = await project.run(
      Deno.execPath(),
      [...program, "--store=file:./other", "--report=other.html"].map(
        (one) => one === "killed.json" ? "whole.json" : one,
      ),
    );
    assertEquals(whole.code, 0, whole.stderr);
    assertEquals(said(await reportOf(project, "killed.json")), said(await reportOf(project, "whole.json")));
  });
});
