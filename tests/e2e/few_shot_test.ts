import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { writeSet } from "../training/_util/tiny_run.ts";
import { FOUR_PEOPLE } from "../study/_util/tiny_study.ts";
import { withProject } from "./_util/project.ts";

Deno.test("train and evaluate go through the classical few-shot protocol, without a supervised baseline", () =>
  withProject(async ({ folder, script }) => {
    await writeSet(join(folder, "clips.safetensors"), FOUR_PEOPLE);
    const shared = ["--backend", "wasm", "--workers", "1", "--json", "out.json"];
    const sets = [
      ...["shuffleLabels=true", "ways=2", "episodes=mixed", "repeats=3", "frames=1", "size=16", "input=frames"],
      ...["channels=2", "shots=1", "queries=1", "tasksPerStep=1", "macro=none"],
    ].flatMap((one) => ["--set", one]);
    const flags = ["--data", "clips.safetensors", "--decoder", "none", "--steps", "1", "--algorithm", "maml"];
    const trained = await script("train", [...flags, ...sets, ...shared]);
    assertEquals([trained.code, trained.stdout.includes("supervised")], [0, false], trained.stderr);
    assertStringIncludes(trained.stdout, "3 tasks of held-out subjects");
    const { report } = JSON.parse(await Deno.readTextFile(join(folder, "out.json")));
    assertStringIncludes(report.protocol, "1 subject held out of 4; 3 random tasks of theirs, labels shuffled");
    const evaluated = await script("evaluate", shared);
    assertEquals(evaluated.code, 0, evaluated.stderr);
    const { subjects, norm } = JSON.parse(await Deno.readTextFile(join(folder, "out.json")));
    assertEquals([subjects.map((one: { subject: string }) => one.subject), norm], [
      ["task/0001", "task/0002", "task/0003"],
      "support",
    ]);
  }));
