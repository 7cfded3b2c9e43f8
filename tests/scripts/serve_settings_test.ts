import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/process/mod.ts";
import { serveSettings } from "../../scripts/_serve_settings.ts";

/** Each flag with a value of its own, a value of its variable, and one that neither may have. */
const TABLE = [
  ["port", 0, "8123", "70000"],
  ["store", "memory:", "file:/tmp/other", ""],
  ["data", "sets", "/srv/data", ""],
  ["model", "mine", "theirs", "../x"],
  ["backend", "cpu", "wasm", "cuda"],
  ["workers", 2, "3", "-1"],
  ["rate", 0, "7", "1.5"],
  ["keys", "keys.json", "other.json", ""],
  ["host", "::1", "127.0.0.2", "0.0.0.0"],
  ["cors", "https://a.example", "https://b.example", "*"],
] as const;

const variable = (flag: string) => `LIGHTMAN_${flag.toUpperCase()}`;

function settingsOf(flags: Record<string, string | number | undefined>, env: Record<string, string>) {
  const { settings } = serveSettings(flags, (name) => env[name]);
  return { ...settings, cors: settings.origins.join(",") } as Record<string, unknown>;
}

for (const [flag, given, set, wrong] of TABLE) {
  Deno.test(`serve reads ${variable(flag)} where --${flag} is not given, and --${flag} goes before it`, () => {
    assertEquals(String(settingsOf({ [flag]: undefined }, { [variable(flag)]: set })[flag]), set);
    assertEquals(settingsOf({ [flag]: given }, { [variable(flag)]: set })[flag], given);
    assertEquals(settingsOf({ [flag]: given }, { [variable(flag)]: wrong })[flag], given);
  });

  Deno.test(`serve refuses ${variable(flag)}=${wrong} and --${flag}=${wrong} in one line that names what was set`, () => {
    for (
      const [name, flags, env] of [[variable(flag), {}, { [variable(flag)]: wrong }], [
        `--${flag}`,
        { [flag]: wrong },
        {},
      ]] as const
    ) {
      const { message } = assertThrows(() => settingsOf(flags, env), UsageError);
      assertEquals([message.startsWith(`Cannot use ${name}: `), message.includes("\n")], [true, false], message);
    }
  });
}

Deno.test("serve has the defaults of the single functions, and port 8000", () => {
  const { store, model, data, backend, port, workers, keys, host, rate } = settingsOf({}, {});
  assertEquals([store, model, data, backend, port], ["file:./store", "lightman", "data", "auto", 8000]);
  assertEquals([workers, keys, host, rate], [null, null, "127.0.0.1", 100]);
});
