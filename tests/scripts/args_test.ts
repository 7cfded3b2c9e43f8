import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { type CommandSpec, helpText, parseFlags } from "../../scripts/_lib/args.ts";
import { UsageError } from "../../scripts/_lib/usage_error.ts";

const SPEC = {
  command: "evaluate",
  summary: "Runs a protocol.",
  flags: {
    protocol: { type: "string", choices: ["holdout", "loso"], default: "holdout", help: "What to run" },
    steps: { type: "integer", min: 1, max: 1000, help: "Outer steps" },
    alpha: { type: "number", default: 0.2, help: "Inner rate" },
    set: { type: "string", multiple: true, value: "PATH=VALUE", help: "Changes one setting" },
    json: { type: "string", value: "FILE|-", help: "Result" },
    resume: { type: "boolean", help: "Continues" },
  },
} as const satisfies CommandSpec;

const refusal = (...args: string[]) => assertThrows(() => parseFlags(args, SPEC), UsageError).message;

Deno.test("parseFlags() gives typed values and defaults", () => {
  const { values, help } = parseFlags(["--steps", "12", "--json=-", "--resume", "--set", "a=1", "--set", "b=2"], SPEC);
  const steps: number | undefined = values.steps;
  const protocol: "holdout" | "loso" = values.protocol;
  assertEquals([steps, protocol, help], [12, "holdout", false]);
  assertEquals(values, { protocol: "holdout", steps: 12, alpha: 0.2, set: ["a=1", "b=2"], json: "-", resume: true });
  assertEquals(parseFlags([], SPEC).values.resume, false);
  assertEquals(parseFlags(["--json", "-"], SPEC).values.json, "-");
  assertEquals(parseFlags(["--alpha", "-0.5"], SPEC).values.alpha, -0.5);
});

Deno.test("parseFlags() keeps the order of flags that belong together", () => {
  const spec = {
    command: "prepare",
    summary: "Packs.",
    flags: {
      dataset: { type: "string", multiple: true, help: "" },
      root: { type: "string", multiple: true, help: "" },
    },
  } as const satisfies CommandSpec;
  const { order } = parseFlags(["--dataset", "samm", "--root", "a", "--dataset", "smic", "--root", "b"], spec);
  assertEquals(order.map(({ flag, value }) => `${flag}=${value}`), [
    "dataset=samm",
    "root=a",
    "dataset=smic",
    "root=b",
  ]);
});

Deno.test("parseFlags() refuses what it does not know, in one line", () => {
  assertEquals(refusal("--stepz", "3"), "Cannot use --stepz: no such flag (--help lists them)");
  assertEquals(refusal("-x"), "Cannot use -x: no such flag (--help lists them)");
  assertEquals(refusal("--__proto__", "3"), "Cannot use --__proto__: no such flag (--help lists them)");
  assertEquals(refusal("--constructor"), "Cannot use --constructor: no such flag (--help lists them)");
  assertEquals(refusal("store"), 'Cannot read "store": expected flags only');
});

Deno.test("parseFlags() refuses wrong values, naming what it expected", () => {
  assertEquals(refusal("--steps", "many"), 'Cannot use --steps: expected an integer from 1 to 1000, got "many"');
  for (const value of ["0", "1001", "1.5", "1e2", "0x10", " ", "NaN", "99999999999999999999"]) {
    assertMatch(refusal(`--steps=${value}`), /^Cannot use --steps: expected an integer from 1 to 1000, got /, value);
  }
  assertEquals(refusal("--alpha", "Infinity"), 'Cannot use --alpha: expected a number, got "Infinity"');
  assertEquals(refusal("--protocol", "x"), 'Cannot use --protocol: expected one of holdout, loso, got "x"');
  assertEquals(refusal("--json="), "Cannot use --json: expected FILE|-, got an empty text");
  assertEquals(refusal("--resume=yes"), "Cannot use --resume=yes: expected no value");
});

Deno.test("parseFlags() notices a forgotten value and a repeated flag", () => {
  assertEquals(refusal("--json"), "Cannot use --json: expected FILE|-, got nothing");
  assertEquals(refusal("--json", "--resume"), "Cannot use --json: expected FILE|-, got nothing");
  assertEquals(refusal("--steps", "--resume"), "Cannot use --steps: expected an integer from 1 to 1000, got nothing");
  assertEquals(refusal("--steps", "1", "--steps", "2"), "Cannot use --steps twice");
});

Deno.test("parseFlags() asks for required flags, except with --help", () => {
  const spec = {
    command: "prepare",
    summary: "Packs.",
    flags: { out: { type: "string", required: true, value: "FILE", help: "Where to" } },
    positionals: "ROOT",
  } as const satisfies CommandSpec;
  assertEquals(assertThrows(() => parseFlags([], spec), UsageError).message, "Cannot go on without --out FILE");
  assertEquals(parseFlags(["--help"], spec).help, true);
  assertEquals(parseFlags(["-h"], spec).help, true);
  assertEquals(parseFlags(["--out", "x", "a", "--", "--b"], spec).positionals, ["a", "--b"]);
});

Deno.test("helpText() lists every flag with its values and default", () => {
  const text = helpText(SPEC);
  assertMatch(text, /^Runs a protocol\.\n\nUsage: deno task evaluate \[flags\]\n/);
  assertMatch(text, /--protocol holdout\|loso +What to run \(default holdout\)/);
  assertMatch(text, /--steps N +Outer steps\n/);
  assertMatch(text, /--set PATH=VALUE +Changes one setting \(repeatable\)/);
  assertMatch(text, /--help +Show this text$/);
});
