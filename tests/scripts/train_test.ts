import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { needs } from "../_util/needs.ts";
import { filesBelow, withProject } from "../e2e/_util/project.ts";
import { tinyClips, writeSet } from "../training/_util/tiny_run.ts";

const FLAGS = [
  ...["--data", "clips.safetensors", "--backend", "cpu", "--workers", "0", "--baseline", "none", "--steps", "1"],
  ...["--shots", "1", "--decoder", "none", "--json", "-", "--macro", "none"],
  ...["frames=2", "size=16", "channels=2", "queries=1", "tasksPerStep=1"].flatMap((one) => ["--set", one]),
];

Deno.test("train says which version it replaces, that the auxiliary loss is off and whose tasks are filled; evaluate names its data", () =>
  withProject(async (project) => {
    // The first subject shows one class only.
    const clips = tinyClips({ micro: (subject, label) => subject === 0 && label > 0 ? 0 : 2 });
    await writeSet(join(project.folder, "clips.safetensors"), clips);
    const first = await project.script("train", FLAGS);
    assertEquals(first.code, 0, first.stderr);
    const one = JSON.parse(first.stdout);
    const notes = [
      "Macro clips are switched off: the auxiliary loss is off, so lightman is maml.",
      "1 of 2 subjects have two clips of fewer than 2 classes: their training tasks are filled from their database.",
    ];
    assertEquals([one.replaces, one.notes], [null, notes]);
    for (const note of notes) {
      assertStringIncludes(first.stderr, note);
      assertStringIncludes(one.report.protocol, note);
    }
    assert(!first.stderr.includes("It replaces"));

    const second = await project.script("train", [...FLAGS, "--seed", "1", "--holdout", "t/s3"]);
    assertEquals(second.code, 0, second.stderr);
    assertEquals(JSON.parse(second.stdout).replaces, one.version);
    assertStringIncludes(second.stderr, `It replaces ${one.version} as stable`);
    assertStringIncludes(second.stderr, "clips.safetensors is packed");

    const evaluated = await project.script("evaluate", ["--backend", "cpu", "--workers", "0", "--json", "e.json"]);
    assertEquals(evaluated.code, 0, evaluated.stderr);
    assertStringIncludes(
      evaluated.stdout,
      " on clips.safetensors: 1 held-out subject, up to 1 calibration clip a class",
    );
    assertEquals(JSON.parse(await Deno.readTextFile(join(project.folder, "e.json"))).data, "clips.safetensors");
  }));

Deno.test({
  ...needs(Deno.build.os === "linux", "no /proc", "train refuses a report that cannot be written before it begins"),
  fn: () =>
    withProject(async (project) => {
      await writeSet(join(project.folder, "clips.safetensors"), tinyClips());
      for (const flag of ["--report", "--json"]) {
        const flags = FLAGS.filter((one, i) => one !== "--json" && FLAGS[i - 1] !== "--json");
        const { code, stderr } = await project.script("train", [...flags, flag, "/proc/x.html"]);
        assertEquals([code, stderr], [2, "train: Cannot write /proc/x.html: No such file or directory\n"]);
      }
      assertEquals(await filesBelow(project.folder), ["clips.safetensors", "deno.json"]);
    }),
});
