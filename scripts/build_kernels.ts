import { join } from "@std/path";
import type { CommandSpec } from "./_lib/args.ts";
import { compileKernels, KERNEL_SOURCES } from "./_lib/compile_kernels.ts";
import { writeFileAtomic } from "./_lib/json_out.ts";
import { runCommand } from "./_lib/run_command.ts";

const SPEC = {
  command: "kernels",
  summary: "Compiles lib/autodiff/kernels/native from AssemblyScript into modules.ts beside it.",
  flags: {},
} as const satisfies CommandSpec;

Deno.exitCode = await runCommand(SPEC, async () => {
  const text = await compileKernels();
  await writeFileAtomic(join(KERNEL_SOURCES, "modules.ts"), text);
  console.log(`modules.ts: ${text.length} bytes`);
});
