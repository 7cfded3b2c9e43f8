import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { withProject } from "../../e2e/_util/project.ts";

Deno.test("soak runs the parts that are asked for, and writes a row for each", () =>
  withProject(async ({ script }) => {
    const wrong = await script("soak", ["--parts", "bombs,none"]);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, 'got "none"');

    const { code, stdout, stderr } = await script("soak", ["--parts", "bombs", "--json", "-"]);
    assertEquals(code, 0, stderr);
    const rows = JSON.parse(stdout);
    assertEquals(rows.map(({ what, ok, faults }: Record<string, unknown>) => [what, ok, faults]), [[
      "bombs",
      true,
      [],
    ]]);
    assertMatch(stderr, /^ok {5}bombs: bombs \d+, /m);
  }));
