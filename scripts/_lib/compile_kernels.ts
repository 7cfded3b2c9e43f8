import asc from "assemblyscript/asc";
import { join } from "@std/path";
import { ROOT } from "./files.ts";

/** Where the sources lie. */
export const KERNEL_SOURCES = join(ROOT, "lib", "autodiff", "kernels", "native");

async function compile(features: readonly string[]): Promise<Uint8Array> {
  const messages: string[] = [];
  let binary: Uint8Array | null = null;
  const { error } = await asc.main(
    [
      ...["index.ts", "--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub", "--importMemory"],
      ...features.flatMap((feature) => ["--enable", feature]),
    ],
    {
      // Sources end in .as, so that no tool takes them for TypeScript; asc knows only .ts.
      async readFile(name: string) {
        const path = join(KERNEL_SOURCES, name.replace(/\.ts$/, ".as"));
        return name.startsWith("node_modules") ? null : await Deno.readTextFile(path).catch(() => null);
      },
      writeFile: (_name: string, content: string | Uint8Array) => void (binary = content as Uint8Array),
      listFiles: () => [],
      stderr: { write: (text: unknown) => void messages.push(String(text)) },
      stdout: { write: () => {} },
    },
  );
  if (error !== null || binary === null) throw new Error(`Cannot compile the kernels: ${messages.join("") || error}`);
  return binary;
}

/**
 * Compiles the kernels that tfjs lacks, from AssemblyScript.
 *
 * @returns The text of `modules.ts` beside the sources: the module with fused multiply-add, and the one without.
 */
export async function compileKernels(): Promise<string> {
  const base64 = async (features: readonly string[]) => (await compile(features)).toBase64();
  return `/** Made by \`deno task kernels\` from the .as files beside it; a test compares. */
export const NATIVE_MODULES = {
  // deno-fmt-ignore
  fused: "${await base64(["simd", "relaxed-simd"])}",
  // deno-fmt-ignore
  plain: "${await base64(["simd"])}",
} as const;
`;
}
