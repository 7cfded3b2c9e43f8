import { readSettings, SETTINGS, type Settings } from "../lib/http/mod.ts";

/** What {@linkcode serveSettings} returns. */
interface ServeSettings {
  readonly settings: Settings;
  /** What a message calls the setting of a variable: the flag where one was given. */
  called(name: string): string;
}

/**
 * The settings of `deno task serve`: the variables of the single functions, a flag going before its own.
 *
 * @param flags The values of flags, undefined where one was not given; `--port` stands for `LIGHTMAN_PORT`, and so on.
 * @param env Reads a variable.
 * @returns The settings, and what to call one.
 * @throws {UsageError} When one is wrong, naming the flag or else the variable.
 */
export function serveSettings(
  flags: Readonly<Record<string, string | number | undefined>>,
  env: (name: string) => string | undefined,
): ServeSettings {
  const values = Object.fromEntries(SETTINGS.map((name) => [name, env(name)]));
  const names: Record<string, string> = {};
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const name = `LIGHTMAN_${flag.toUpperCase()}`;
    values[name] = String(value);
    names[name] = `--${flag}`;
  }
  return { settings: readSettings(values, 8000, { names }), called: (name) => names[name] ?? name };
}
