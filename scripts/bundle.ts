import { join } from "@std/path";
import type { CommandSpec } from "./_lib/args.ts";
import { writeFileAtomic } from "./_lib/json_out.ts";
import { makeBundle } from "./_lib/make_bundle.ts";
import { runCommand } from "./_lib/run_command.ts";
import { UsageError } from "./_lib/usage_error.ts";

const FUNCTIONS = ["adapt", "predict"] as const;

const SPEC = {
  command: "bundle",
  summary: "Makes one file each of adapt and predict, with all they need, for Deno 2.5 or later.",
  flags: {
    functions: { type: "string", default: FUNCTIONS.join(","), value: "LIST", help: "Which functions" },
    out: { type: "string", default: "dist", value: "DIR", help: "Folder of the files, made if it is not there" },
  },
} as const satisfies CommandSpec;

if (import.meta.main) {
  Deno.exit(
    await runCommand(SPEC, async ({ values }) => {
      const wanted = values.functions.split(",");
      const known = wanted.filter((name): name is typeof FUNCTIONS[number] => FUNCTIONS.some((it) => it === name));
      if (known.length < wanted.length) {
        throw new UsageError(
          `Cannot use --functions: expected some of ${FUNCTIONS.join(",")}, got "${values.functions}"`,
        );
      }
      await Deno.mkdir(values.out, { recursive: true });
      for (const name of known) {
        const text = await makeBundle(name);
        const file = join(values.out, `${name}.js`);
        await writeFileAtomic(file, text);
        console.error(`${file}: ${(text.length / 1e6).toFixed(1)} MB`);
      }
    }),
  );
}
