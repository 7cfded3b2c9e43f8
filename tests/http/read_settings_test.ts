import { assertEquals, assertThrows } from "@std/assert";
import { DEFAULT_LIMITS, readSettings } from "../../lib/http/mod.ts";
import { UsageError } from "../../lib/process/mod.ts";

Deno.test("readSettings() has defaults and reads every variable", () => {
  assertEquals(readSettings({}, 8001), {
    store: "file:./store",
    model: "lightman",
    data: "data",
    backend: "auto",
    port: 8001,
    workers: null,
    keys: null,
    host: "127.0.0.1",
    origins: [],
    rate: 100,
    shared: new Map(),
    limits: DEFAULT_LIMITS,
    work: { active: 4, places: 64 },
    cacheBytes: 256 * 2 ** 20,
    freshMs: 1000,
  });
  const env = {
    LIGHTMAN_STORE: "memory:",
    LIGHTMAN_MODEL: "m",
    LIGHTMAN_DATA: "/srv/data",
    LIGHTMAN_BACKEND: "wasm",
    LIGHTMAN_PORT: "0",
    LIGHTMAN_WORKERS: "3",
    LIGHTMAN_KEYS: "keys.json",
    LIGHTMAN_HOST: "::",
    LIGHTMAN_RATE: "0",
    LIGHTMAN_SHARED: "lab/lightman, lab.2/m-2",
    LIGHTMAN_CORS: "https://a.example, http://localhost:5173",
    HOME: "/root",
  };
  assertEquals(readSettings(env, 8001), {
    store: "memory:",
    model: "m",
    data: "/srv/data",
    backend: "wasm",
    port: 0,
    workers: 3,
    keys: "keys.json",
    host: "::",
    origins: ["https://a.example", "http://localhost:5173"],
    rate: 0,
    shared: new Map([["lightman", "lab"], ["m-2", "lab.2"]]),
    limits: DEFAULT_LIMITS,
    work: { active: 4, places: 64 },
    cacheBytes: 256 * 2 ** 20,
    freshMs: 1000,
  });
});

for (
  const [name, value, why] of [
    ["LIGHTMAN_PORT", "80a", 'expected an integer from 0 to 65535, got "80a"'],
    ["LIGHTMAN_PORT", "70000", "expected an integer from 0 to 65535"],
    ["LIGHTMAN_PORT", "", 'got ""'],
    ["LIGHTMAN_PORT", "8000\n", 'got "8000\\n"'],
    ["LIGHTMAN_BACKEND", "cuda", 'expected auto, webgpu, wasm or cpu, got "cuda"'],
    ["LIGHTMAN_MODEL", "../x", "expected 1 to 128 of"],
    ["LIGHTMAN_WORKERS", "-1", "expected an integer from 0 to 256"],
    ["LIGHTMAN_WORKERS", "257", "expected an integer from 0 to 256"],
    ["LIGHTMAN_STORE", "", "expected a text that is not empty"],
    ["LIGHTMAN_DATA", "", "expected a text that is not empty"],
    ["LIGHTMAN_KEYS", "", "expected a text that is not empty"],
    ["LIGHTMAN_HOST", "0.0.0.0", "without keys (LIGHTMAN_KEYS) only this machine"],
    ["LIGHTMAN_RATE", "1.5", "expected an integer from 0 to 100000"],
    ["LIGHTMAN_CORS", "*", 'expected origins like https://app.example with commas between them, got "*"'],
    ["LIGHTMAN_CORS", "https://a.example/", "expected origins"],
    ["LIGHTMAN_CORS", "https://a.example,", "expected origins"],
    ["LIGHTMAN_CORS", "null", "expected origins"],
    ["LIGHTMAN_CORS", "file://x", "expected origins"],
    ["LIGHTMAN_SHARED", "", "expected a text that is not empty"],
    ["LIGHTMAN_SHARED", "lightman", "expected TENANT/MODEL with commas between them"],
    ["LIGHTMAN_SHARED", "lab/lightman,", "expected TENANT/MODEL"],
    ["LIGHTMAN_SHARED", "lab/a/b", "expected TENANT/MODEL"],
    ["LIGHTMAN_SHARED", "../a", "expected TENANT/MODEL"],
    ["LIGHTMAN_SHARED", "a/..", "expected TENANT/MODEL"],
    ["LIGHTMAN_SHARED", "a/*", "expected TENANT/MODEL"],
    ["LIGHTMAN_SHARED", "lab/m,clinic/m", "expected one model of the name m"],
    ["LIGHTMAN_HOST", "example.org", "expected an IP address"],
    ["LIGHTMAN_HOST", "127.0.0.1.example.org", "expected an IP address"],
  ] as const
) {
  Deno.test(`readSettings() refuses ${name}=${JSON.stringify(value)} in one line`, () => {
    const { message } = assertThrows(() => readSettings({ [name]: value }, 8001), UsageError, why);
    assertEquals([message.startsWith(`Cannot use ${name}: `), message.includes("\n")], [true, false]);
  });
}
