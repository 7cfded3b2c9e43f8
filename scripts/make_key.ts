import { type ApiKey, apiKeySchema, hashKey, parseKeys } from "../lib/http/mod.ts";
import type { CommandSpec, ParsedFlags } from "./_lib/args.ts";
import { checkFilePlace, writeFileAtomic } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

const SPEC = {
  command: "key",
  summary: "Makes an API key: prints it once, and adds its hash to a keys file.",
  flags: {
    tenant: { type: "string", default: "default", value: "NAME", help: "Whose key it is" },
    scopes: { type: "string", default: "train,adapt,predict", value: "LIST", help: "What it may be used for" },
    file: { type: "string", default: "keys.json", value: "FILE", help: "Keys file, made if it is not there" },
  },
} as const satisfies CommandSpec;

/** Entries of a keys file; none when there is no file. */
async function readEntries(file: string): Promise<ApiKey[]> {
  const text = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (text === null) return [];
  try {
    return parseKeys(text);
  } catch (error) {
    throw new UsageError(`Cannot use --file: ${file}: ${(error as Error).message}`);
  }
}

/** Makes a key and writes its entry; returns the key. */
export async function makeKey({ tenant, scopes, file }: ParsedFlags<typeof SPEC.flags>["values"]): Promise<string> {
  const key = `lm_${crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true })}`;
  const entry = apiKeySchema.safeParse({ sha256: await hashKey(key), tenant, scopes: scopes.split(",") });
  if (!entry.success) {
    const { path, message } = entry.error.issues[0]!;
    const flag = path[0] === "scopes" ? "scopes" : "tenant";
    throw new UsageError(`Cannot use --${flag}: ${message}, got "${flag === "scopes" ? scopes : tenant}"`);
  }
  await checkFilePlace(file);
  const entries = [...await readEntries(file), entry.data];
  await writeFileAtomic(file, `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]\n`);
  return key;
}

if (import.meta.main) {
  Deno.exit(
    await runCommand(SPEC, async ({ values }) => {
      const key = await makeKey(values);
      console.error(`Its hash is in ${values.file}. The key itself is shown only here, and stored nowhere:`);
      console.log(key);
    }),
  );
}
