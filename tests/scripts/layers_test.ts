import { assertEquals } from "@std/assert";
import { checkLayers, findOwnCode, type SourceModule } from "../../scripts/_lib/layers.ts";

/** Modules from lines `path: import, type import, …`. Files that are only imported exist too. */
function program(...lines: string[]): SourceModule[] {
  const modules = lines.map((line): SourceModule => {
    const [path = "", imports = ""] = line.split(": ");
    return {
      path,
      imports: imports.split(", ").filter((one) => one !== "").map((one) => ({
        target: one.replace("type ", ""),
        typeOnly: one.startsWith("type "),
      })),
    };
  });
  const known = new Set(modules.map((module) => module.path));
  const rest = modules.flatMap((module) => module.imports).map((one) => one.target).filter((path) =>
    path.endsWith(".ts") && !known.has(path)
  );
  return [...modules, ...[...new Set(rest)].map((path) => ({ path, imports: [] }))];
}

const faults = (...lines: string[]) => checkLayers(program(...lines));

Deno.test("checkLayers() passes imports that point the right way", () => {
  assertEquals(
    faults(
      "lib/tree/mod.ts: lib/tree/tree.ts",
      "lib/tree/tree.ts: lib/tree/_walk.ts",
      "lib/model/conv4.ts: lib/autodiff/mod.ts, @tensorflow/tfjs-core",
      "lib/storage/safetensors.ts: type lib/data/mod.ts",
      "lib/data/splits.ts: lib/data/synthetic/mod.ts",
      "functions/train/mod.ts: lib/http/mod.ts, hono, functions/train/schema.ts",
      "scripts/serve.ts: functions/train/mod.ts, scripts/_lib/args.ts, lib/data/synthetic/mod.ts",
      "lib/config/config.ts: zod",
    ),
    [],
  );
});

Deno.test("checkLayers() names each import that points the wrong way", () => {
  const cases: [string, string][] = [
    ["lib/tree/tree.ts: lib/random/mod.ts", "tree may not know random"],
    ["lib/data/read.ts: lib/storage/mod.ts", "data may not know storage"],
    ["lib/storage/s3.ts: lib/data/mod.ts", "storage may know only data's types"],
    ["lib/http/app.ts: lib/training/mod.ts", "http may know only training's types"],
    ["lib/model/conv4.ts: lib/autodiff/conv2d.ts", "use lib/autodiff/mod.ts, the folder's only door"],
    ["scripts/train.ts: lib/autodiff/conv2d.ts", "use lib/autodiff/mod.ts, the folder's only door"],
    ["lib/model/conv4.ts: lib/new/mod.ts", "no such layer"],
    ["lib/new/mod.ts: lib/tree/mod.ts", "lib/new is no layer yet"],
    ["functions/train/mod.ts: functions/adapt/mod.ts", "functions do not know each other"],
    ["lib/http/app.ts: functions/adapt/mod.ts", "lib does not know functions"],
    ["lib/http/app.ts: scripts/_lib/args.ts", "it is private to its folder"],
    ["functions/train/main.ts: scripts/serve.ts", "functions does not know scripts"],
    ["lib/eval/report.ts: lib/data/_frames.ts", "it is private to its folder"],
    ["lib/eval/report.ts: lib/meta/_a/b.ts", "it is private to its folder"],
    ["lib/tree/tree.ts: tests/_util/leaks.ts", "it is private to its folder"],
    ["lib/tree/tree.ts: tests/tree/tree_test.ts", "tests is not part of the program"],
  ];
  for (const [line, why] of cases) {
    const [path, target] = line.split(": ");
    assertEquals(faults(line), [`${path} imports ${target}: ${why}`]);
  }
});

Deno.test("checkLayers() keeps tfjs and hono in their places", () => {
  assertEquals(faults("lib/data/read.ts: @tensorflow/tfjs-core").length, 1);
  assertEquals(faults("scripts/train.ts: @tensorflow/tfjs").length, 1);
  assertEquals(faults("lib/data/read.ts: hono/body-limit"), [
    "lib/data/read.ts imports hono/body-limit: only lib/http, functions may",
  ]);
});

Deno.test("checkLayers() finds cycles, also through types", () => {
  assertEquals(
    faults("lib/tree/a.ts: lib/tree/b.ts", "lib/tree/b.ts: type lib/tree/c.ts", "lib/tree/c.ts: lib/tree/a.ts"),
    [
      "cycle: lib/tree/a.ts → lib/tree/b.ts → lib/tree/c.ts → lib/tree/a.ts",
    ],
  );
});

Deno.test("checkLayers() lets ops be each other's derivative, and nothing beyond their folder", () => {
  assertEquals(faults("lib/autodiff/a.ts: lib/autodiff/b.ts", "lib/autodiff/b.ts: lib/autodiff/a.ts"), []);
  const wider = faults("lib/autodiff/a.ts: lib/model/mod.ts", "lib/model/mod.ts: lib/autodiff/a.ts");
  assertEquals(wider.filter((fault) => fault.startsWith("cycle")).length, 1);
});

Deno.test("findOwnCode() passes re-exports and finds everything else", () => {
  const doors = [
    '/** Text with code: const a = 1; @module */\nexport * from "./a.ts";\n// why\nexport { b, type C } from "./b.ts";\n',
    'export type { A } from "./a.ts";\nexport {\n  b,\n  c,\n} from "./b.ts";\nexport * as d from "./d.ts";',
  ];
  for (const door of doors) assertEquals(findOwnCode(door), undefined);
  assertEquals(findOwnCode('export * from "./a.ts";\nexport const b = 1;\n'), "export const b = 1;");
  assertEquals(findOwnCode('import "./a.ts";'), 'import "./a.ts";');
});
