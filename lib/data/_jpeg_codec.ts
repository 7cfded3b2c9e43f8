/** A picture as libjpeg hands it out: RGBA. */
interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** The part of the compiled libjpeg that is used here. */
interface Codec {
  decode(data: Uint8Array, preserveOrientation: boolean): Decoded | null;
  readonly HEAPU8: Uint8Array;
  /** What libjpeg has said since this was emptied. */
  readonly words: string[];
}

type Factory = (options: Record<string, unknown>) => Promise<Omit<Codec, "words">>;

/** libjpeg's remark on a few padding bytes at the end, which cameras write. Every other warning means a broken picture. */
const HARMLESS = /^Corrupt JPEG data: [1-4] extraneous bytes before marker 0xd9$/;

/** An instance whose memory has grown beyond this is given up: WebAssembly's memory never shrinks. */
const KEPT_BYTES = 64 * 2 ** 20;

let provided: (() => Promise<WebAssembly.Module>) | undefined;
let compiled: Promise<WebAssembly.Module> | undefined;
let codec: Promise<Codec> | undefined;

/** Takes what compiles the decoder, for a program that does not find it by name. */
export function setJpegModule(compile: () => Promise<WebAssembly.Module>): void {
  provided = compile;
  compiled = codec = undefined;
}

async function compile(): Promise<WebAssembly.Module> {
  if (provided !== undefined) return await provided();
  const url = new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm"));
  return await WebAssembly.compile(await Deno.readFile(url));
}

async function load(): Promise<Codec> {
  compiled ??= compile();
  const [{ default: factory }, module] = await Promise.all([
    import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js"),
    compiled,
  ]);
  const words: string[] = [];
  const say = (text: string) => words.push(text);
  const made = await (factory as unknown as Factory)({
    noInitialRun: true,
    print: say,
    printErr: say,
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
  return Object.assign(made, { words });
}

/**
 * Decodes a JPEG to RGBA. The decoder is loaded when the first JPEG comes: who reads none does not pay for it.
 *
 * Throws SyntaxError with libjpeg's words. Its warnings are errors too: after "premature end" half the picture is grey.
 */
export async function jpegToRgba(bytes: Uint8Array): Promise<Decoded> {
  codec ??= load();
  let loaded: Codec;
  try {
    loaded = await codec;
  } catch (cause) {
    codec = compiled = undefined;
    throw new Error("Cannot load the JPEG decoder", { cause });
  }
  loaded.words.length = 0;
  let image: Decoded | null = null;
  try {
    image = loaded.decode(bytes, false);
  } catch (error) {
    // libjpeg has left by exit(): this instance is not to be used again, and its last words say why.
    codec = undefined;
    throw new SyntaxError(loaded.words.at(-1) ?? String(error));
  }
  if (loaded.HEAPU8.length > KEPT_BYTES) codec = undefined;
  const words = loaded.words.filter((line) => !HARMLESS.test(line));
  if (image === null || words.length > 0) throw new SyntaxError(words[0] ?? "expected a JPEG");
  return image;
}
