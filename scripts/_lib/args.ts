import { parseArgs } from "node:util";
import { UsageError } from "./usage_error.ts";

interface FlagBase {
  /** What it does, for `--help`. */
  readonly help: string;
}

/** A switch: false unless given. */
export interface BooleanFlag extends FlagBase {
  readonly type: "boolean";
}

/** A text value, optionally one of a few. */
export interface StringFlag extends FlagBase {
  readonly type: "string";
  /** What stands for the value in the help text, for instance `FILE`. Default: the choices, or `TEXT`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given several times; the value is a list. */
  readonly multiple?: true;
  readonly required?: true;
}

/** A number, bounds inclusive. */
export interface NumberFlag extends FlagBase {
  readonly type: "integer" | "number";
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
  readonly multiple?: true;
  readonly required?: true;
}

export type FlagSpec = BooleanFlag | StringFlag | NumberFlag;

/** A command's flags and what `--help` says about it. */
export interface CommandSpec<F extends Record<string, FlagSpec> = Record<string, FlagSpec>> {
  /** The task's name, for instance `train`. */
  readonly command: string;
  /** One sentence. */
  readonly summary: string;
  readonly flags: F;
  /** What bare arguments are called, when the command takes any. */
  readonly positionals?: string;
}

type Scalar<S extends FlagSpec> = S extends { type: "boolean" } ? boolean
  : S extends { type: "string"; choices: readonly (infer C)[] } ? C
  : S extends { type: "string" } ? string
  : number;

type FlagValue<S extends FlagSpec> = S extends { type: "boolean" } ? boolean
  : S extends { multiple: true } ? Scalar<S>[]
  : S extends { default: string | number } | { required: true } ? Scalar<S>
  : Scalar<S> | undefined;

/** What {@linkcode parseFlags} returns. */
export interface ParsedFlags<F extends Record<string, FlagSpec>> {
  readonly values: { readonly [K in keyof F]: FlagValue<F[K]> };
  readonly positionals: readonly string[];
  /** Every valued flag in the order given, for flags that belong to the one before (`--dataset A --root B …`). */
  readonly order: readonly { readonly flag: keyof F & string; readonly value: string | number }[];
  /** `--help` or `-h` was given; nothing else was checked. */
  readonly help: boolean;
}

/**
 * Parses a command line strictly: every flag known, given once unless `multiple`, every value of its type.
 *
 * @param args The arguments, without the program.
 * @param spec The command's flags. Declare it `as const satisfies CommandSpec` so that values get exact types.
 * @returns Values by flag, bare arguments, and the order of flags.
 * @throws {UsageError} When a flag or value is wrong; the message is one line.
 */
export function parseFlags<const F extends Record<string, FlagSpec>>(
  args: readonly string[],
  spec: CommandSpec<F>,
): ParsedFlags<F> {
  const options: Record<string, { type: "boolean" | "string"; short?: string }> = {
    help: { type: "boolean", short: "h" },
  };
  for (const [name, flag] of Object.entries(spec.flags)) {
    options[name] = { type: flag.type === "boolean" ? "boolean" : "string" };
  }
  // Not strict: node's own messages run over several sentences. Its tokens are checked here instead.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const fail = (message: string): never => {
    throw new UsageError(message);
  };

  const given = new Map<string, (string | number | boolean)[]>();
  const positionals: string[] = [];
  const order: { flag: keyof F & string; value: string | number }[] = [];
  const help = tokens.some((token) => token.kind === "option" && token.name === "help");
  for (const token of help ? [] : tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      if (!spec.positionals) fail(`Cannot read "${token.value}": expected flags only`);
      positionals.push(token.value);
      continue;
    }
    const flag = Object.hasOwn(spec.flags, token.name) ? spec.flags[token.name]! : undefined;
    if (!flag) return fail(`Cannot use ${token.rawName}: no such flag (--help lists them)`);
    const values = given.get(token.name) ?? [];
    if (values.length > 0 && !("multiple" in flag && flag.multiple)) fail(`Cannot use --${token.name} twice`);
    const value = readValue(token.name, flag, token.value, token.inlineValue === true);
    given.set(token.name, [...values, value]);
    if (typeof value !== "boolean") order.push({ flag: token.name, value });
  }

  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(spec.flags)) {
    const found = given.get(name);
    if (flag.type === "boolean") values[name] = found !== undefined;
    else if (flag.multiple) values[name] = found ?? [];
    else values[name] = found?.[0] ?? flag.default;
    if (!help && flag.type !== "boolean" && flag.required && !found) {
      fail(`Cannot go on without --${name} ${valueName(flag)}`);
    }
  }
  return { values: values as ParsedFlags<F>["values"], positionals, order, help };
}

function readValue(name: string, flag: FlagSpec, raw: string | undefined, inline: boolean): string | number | boolean {
  if (flag.type === "boolean") {
    if (inline) throw new UsageError(`Cannot use --${name}=${raw}: expected no value`);
    return true;
  }
  const numeric = flag.type !== "string";
  // A flag in a value's place is a forgotten value; "-" alone means stdout, and numbers may be negative.
  const swallowed = !inline && raw !== undefined && raw.startsWith("-") && raw !== "-" &&
    !(numeric && /^-[\d.]/.test(raw));
  const expected = `Cannot use --${name}: expected ${describe(flag)}`;
  if (raw === undefined || swallowed) throw new UsageError(`${expected}, got nothing`);
  const got = `${expected}, got "${raw}"`;
  if (flag.type === "string") {
    if (flag.choices && !flag.choices.includes(raw)) throw new UsageError(got);
    if (raw === "") throw new UsageError(`${expected}, got an empty text`);
    return raw;
  }
  const value = raw.trim() === "" ? NaN : Number(raw);
  const valid = flag.type === "integer"
    ? /^[+-]?\d+$/.test(raw) && Number.isSafeInteger(value)
    : Number.isFinite(value);
  if (!valid || value < (flag.min ?? -Infinity) || value > (flag.max ?? Infinity)) throw new UsageError(got);
  return value;
}

/** "an integer from 1 to 5", "one of a, b": what a message says it expected. */
function describe(flag: StringFlag | NumberFlag): string {
  if (flag.type === "string") return flag.choices ? `one of ${flag.choices.join(", ")}` : valueName(flag);
  const kind = flag.type === "integer" ? "an integer" : "a number";
  if (flag.min !== undefined && flag.max !== undefined) return `${kind} from ${flag.min} to ${flag.max}`;
  if (flag.min !== undefined) return `${kind} of at least ${flag.min}`;
  if (flag.max !== undefined) return `${kind} of at most ${flag.max}`;
  return kind;
}

function valueName(flag: StringFlag | NumberFlag): string {
  if (flag.value) return flag.value;
  if (flag.type === "string") return flag.choices?.join("|") ?? "TEXT";
  return flag.type === "integer" ? "N" : "X";
}

/**
 * Writes a command's help text from its flags.
 *
 * @param spec The command.
 * @returns Lines of plain text, the last without a newline.
 */
export function helpText(spec: CommandSpec): string {
  const rows = Object.entries(spec.flags).map(([name, flag]): [string, string] => {
    if (flag.type === "boolean") return [`--${name}`, flag.help];
    const notes = [
      flag.default !== undefined ? `default ${flag.default}` : "",
      flag.multiple ? "repeatable" : "",
      flag.required ? "required" : "",
    ].filter((note) => note !== "");
    return [`--${name} ${valueName(flag)}`, flag.help + (notes.length > 0 ? ` (${notes.join(", ")})` : "")];
  });
  rows.push(["--help", "Show this text"]);
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)));
  const lines = rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${" ".repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`
  );
  const usage = `Usage: deno task ${spec.command} [flags]${spec.positionals ? ` [${spec.positionals} …]` : ""}`;
  return [spec.summary, "", usage, "", ...lines].join("\n");
}
