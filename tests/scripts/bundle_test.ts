import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { withProject } from "../e2e/_util/project.ts";

Deno.test("bundle writes one file for the function that is asked for, and refuses another", () =>
  withProject(async ({ folder, script }) => {
    const wrong = await script("bundle", ["--functions", "predict,train"]);
    assertEquals([wrong.code, wrong.stderr.trim().split("\n").length], [2, 1]);
    assertStringIncludes(wrong.stderr, 'Cannot use --functions: expected some of adapt,predict, got "predict,train"');

    const made = await script("bundle", ["--functions", "adapt", "--out", "edge files"]);
    assertEquals(made.code, 0, made.stderr);
    assertEquals((await Array.fromAsync(Deno.readDir(join(folder, "edge files")))).map(({ name }) => name), [
      "adapt.js",
    ]);
    const text = await Deno.readTextFile(join(folder, "edge files", "adapt.js"));
    // What is imported at run time is Deno's own.
    assertEquals([...text.matchAll(/^import .* from "(.*)";$/gm)].map(([, from]) => from), ["node:module"]);
    assert(text.length < 10e6, `${text.length} bytes`);
  }));
