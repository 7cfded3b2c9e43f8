import { join } from "@std/path";
import { ROOT } from "./files.ts";

/** Packages that the edge does without. */
const LEFT_OUT = ["@tensorflow/tfjs-backend-webgpu", "@techstark/opencv-js", "node-fetch"];

/** A package's file, as bytes. */
async function packageFile(specifier: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(import.meta.resolve(specifier)));
}

/** Version of a package, as the import map has it. */
function versionOf(imports: Readonly<Record<string, string>>, name: string): string {
  return imports[name]!.slice(`npm:${name}@`.length);
}

/** OpenCV's program by gzip, in base64: made once, for packing 11 MB takes a while. */
let opencv: Promise<string> | undefined;

async function packOpenCv(): Promise<string> {
  const file = new Blob([await packageFile("@techstark/opencv-js")]).stream();
  return (await new Response(file.pipeThrough(new CompressionStream("gzip"))).bytes()).toBase64();
}

/**
 * The object of `PackedFiles` of lib/edge, as JavaScript.
 *
 * OpenCV is most of a bundle and rarely needed. It stands in the comment of a function that nobody calls, for a comment costs the
 * parsers of Deno and V8 half of what a text does, and a function tells its source when it is asked.
 */
async function packedFiles(): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const tfjs = "@tensorflow/tfjs-backend-wasm";
  const kernels = `npm:${tfjs}@${versionOf(imports, tfjs)}/wasm-out/tfjs-backend-wasm-simd.wasm`;
  return `{
  tfjs: "${(await packageFile(kernels)).toBase64()}",
  jpeg: "${(await packageFile("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm")).toBase64()}",
  get opencv() {
    const text = (() => {/*${await (opencv ??= packOpenCv())}*/}).toString();
    return text.slice(text.indexOf("/*") + 2, text.lastIndexOf("*/"));
  },
}`;
}

/** A function's program with all it needs, as CommonJS. */
async function bundled(name: string, folder: string): Promise<string> {
  const out = join(folder, `${name}.cjs`);
  const flags = [
    "--quiet",
    "--minify",
    "--platform",
    "deno",
    "--format",
    "cjs",
    ...LEFT_OUT.flatMap((it) => ["--external", it]),
  ];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...flags, "--output", out, join(ROOT, `functions/${name}/edge.ts`)],
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle ${name}: ${new TextDecoder().decode(stderr)}`);
  return await Deno.readTextFile(out);
}

/**
 * Makes the one file that runs a function on the edge.
 *
 * The program stands in it as text and is run as a function: Deno parses every module before it starts it, and V8 the
 * parts of it that run, so a text saves the first of the two, which is half of the time that a start takes.
 *
 * @returns The file's text.
 */
export async function makeBundle(name: "adapt" | "predict"): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const [code, files] = await Promise.all([bundled(name, folder), packedFiles()]);
    return [
      `// LightmanNet, the function ${name} for Deno: deno run --allow-net --allow-env --allow-read ${name}.js`,
      `import { createRequire } from "node:module";`,
      `const packedFiles = ${files};`,
      `const code = ${JSON.stringify(`${code}\n//# sourceURL=lightman-${name}.js`)};`,
      `const module = { exports: {} };`,
      `new Function("module", "exports", "require", "packedFiles", code)(module, module.exports, createRequire(import.meta.url), packedFiles);`,
      "",
    ].join("\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
