import { assertEquals } from "@std/assert";
import { planTests, readTestReport } from "../../scripts/_lib/test_units.ts";

Deno.test("readTestReport() counts tests, not steps, and names what was skipped", () => {
  const output = `running 4 tests from ./a_test.ts
a holds ... ok (1ms)
b holds (skipped: no GPU) ... ignored (0ms)
FAILED | 3 passed (7 steps) | 1 failed (2 steps) | 1 ignored (12ms)
`;
  assertEquals(readTestReport(output, 1), { passed: 3, failed: 1, skipped: ["b holds (skipped: no GPU)"] });
});

Deno.test("readTestReport() takes the last summary, deno's own", () => {
  assertEquals(readTestReport("ok | 99 passed | 0 failed (1ms)\n\nok | 2 passed | 0 failed (1ms)\n", 0).passed, 2);
});

Deno.test("readTestReport() counts a process that broke as a failure", () => {
  assertEquals(readTestReport("error: Module not found", 1), { passed: 0, failed: 1, skipped: [] });
  assertEquals(readTestReport("ok | 2 passed | 0 failed (1ms)\n", 1).failed, 1, "failed after its tests");
  assertEquals(readTestReport("", 0).failed, 1, "no summary at all");
  assertEquals(readTestReport("ok | 2 passed | 0 failed (1ms)\n", 137).failed, 1, "killed");
});

Deno.test("planTests() gives each file and each folder of examples a process", () => {
  const files = ["tests/a/x_test.ts", "tests/a/y_test.ts", "tests/b/z_test.ts"];
  const docs = ["lib/a", "lib/b"];
  const names = (...paths: string[]) => planTests(files, docs, paths, "c.json").map((unit) => unit.name);
  assertEquals(names(), [...files, "lib/a (examples)", "lib/b (examples)"]);
  assertEquals(names("tests/a/"), ["tests/a/x_test.ts", "tests/a/y_test.ts"]);
  assertEquals(names("./tests/b/z_test.ts"), ["tests/b/z_test.ts"]);
  assertEquals(names("lib/a/x.ts"), ["lib/a/x.ts (examples)"]);
  assertEquals(names("lib"), ["lib/a (examples)", "lib/b (examples)"]);
  assertEquals(names(".").length, 5);
});
