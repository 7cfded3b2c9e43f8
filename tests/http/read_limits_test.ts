import { assertEquals, assertThrows } from "@std/assert";
import { LIMIT_SETTINGS, readLimits, readSettings, SETTINGS } from "../../lib/http/mod.ts";
import { UsageError } from "../../lib/process/mod.ts";

/** Every variable: a value in range, one below and one above, and where it ends up. */
const TABLE: readonly [name: string, value: number, below: number, above: number, path: string][] = [
  ["LIGHTMAN_MAX_BODY_BYTES", 2048, 1023, 2 ** 30 + 1, "limits.bodyBytes"],
  ["LIGHTMAN_MAX_BODY_MS", 100, 99, 3_600_001, "limits.bodyMs"],
  ["LIGHTMAN_MAX_REQUEST_MS", 5000, 99, 3_600_001, "limits.requestMs"],
  ["LIGHTMAN_MAX_CLIPS", 1, 0, 4097, "limits.clips"],
  ["LIGHTMAN_MAX_FRAMES", 7, 0, 100_001, "limits.frames"],
  ["LIGHTMAN_MAX_IMAGE_PIXELS", 640, 0, 1_000_000_001, "limits.imagePixels"],
  ["LIGHTMAN_MAX_REQUEST_PIXELS", 99_000_000_000, 0, 100_000_000_001, "limits.requestPixels"],
  ["LIGHTMAN_MAX_ACTIVE", 2, 0, 257, "work.active"],
  ["LIGHTMAN_MAX_PLACES", 8, 0, 65_537, "work.places"],
  ["LIGHTMAN_MAX_CACHE_BYTES", 0, -1, 64 * 2 ** 30 + 1, "cacheBytes"],
  ["LIGHTMAN_FRESH_MS", 0, -1, 60_001, "freshMs"],
];

const at = (value: unknown, path: string) =>
  path.split(".").reduce((part, name) => (part as Record<string, unknown>)[name], value);

Deno.test("readLimits() reads every variable, which readSettings() reads too", () => {
  assertEquals(TABLE.map(([name]) => name), [...LIMIT_SETTINGS]);
  assertEquals(LIMIT_SETTINGS.filter((name) => !SETTINGS.includes(name)), []);
  const env = Object.fromEntries(TABLE.map(([name, value]) => [name, String(value)]));
  for (const [name, value, , , path] of TABLE) {
    assertEquals(at(readLimits(env), path), value, name);
    assertEquals(at(readSettings(env, 1), path), value, name);
  }
});

for (const [name, , below, above] of TABLE) {
  Deno.test(`readLimits() refuses what ${name} cannot be, in one line`, () => {
    for (const value of [String(below), String(above), "", " 1", "1.5", "1e3", "0x10", "9".repeat(30), "1\n", "٣"]) {
      const { message } = assertThrows(() => readLimits({ [name]: value }), UsageError, "expected an integer from ");
      assertEquals([message.startsWith(`Cannot use ${name}: `), message.includes("\n")], [true, false]);
    }
  });
}

Deno.test("readLimits() refuses variables that contradict each other", () => {
  assertThrows(
    () => readLimits({ LIGHTMAN_MAX_ACTIVE: "9", LIGHTMAN_MAX_PLACES: "8" }),
    UsageError,
    'LIGHTMAN_MAX_PLACES: expected at least LIGHTMAN_MAX_ACTIVE, 9, got "8"',
  );
  assertThrows(
    () => readLimits({ LIGHTMAN_MAX_REQUEST_PIXELS: "10" }),
    UsageError,
    "LIGHTMAN_MAX_REQUEST_PIXELS: expected at least LIGHTMAN_MAX_IMAGE_PIXELS, 4000000, got",
  );
});

Deno.test("readLimits() names the variable that is set where it contradicts the default of another", () => {
  assertThrows(
    () => readLimits({ LIGHTMAN_MAX_ACTIVE: "100" }),
    UsageError,
    'Cannot use LIGHTMAN_MAX_ACTIVE: expected at most LIGHTMAN_MAX_PLACES, 64, got "100"',
  );
  assertThrows(
    () => readLimits({ LIGHTMAN_MAX_IMAGE_PIXELS: "200000000" }),
    UsageError,
    'Cannot use LIGHTMAN_MAX_IMAGE_PIXELS: expected at most LIGHTMAN_MAX_REQUEST_PIXELS, 128000000, got "200000000"',
  );
});
