/** A matrix on OpenCV's own heap: it must be freed by `delete`. */
export interface Mat {
  readonly data: Uint8Array;
  readonly data32F: Float32Array;
  delete(): void;
}

/** What is used of OpenCV's WebAssembly build. */
export interface OpenCv {
  readonly Mat: { new (): Mat; new (rows: number, columns: number, type: number): Mat };
  readonly CV_8UC1: number;
  calcOpticalFlowFarneback(
    ...args: [
      ...[first: Mat, second: Mat, flow: Mat, pyramidScale: number, levels: number, window: number],
      ...[iterations: number, polynomial: number, sigma: number, flags: number],
    ]
  ): void;
}

/** Emscripten's module has a `then`, so it travels in a box: nothing may await it by chance. */
type Box = { readonly cv: OpenCv };

let provided: (() => Promise<string>) | undefined;
let loading: Promise<Box> | undefined;

/** Takes what gives the build's source, for a program that does not find it by name. */
export function setOpenCvSource(source: () => Promise<string>): void {
  provided = source;
  loading = undefined;
}

/** Loads OpenCV, once, when it is first needed: it costs some 0.7 s and 110 MB. */
export function loadOpenCv(): Promise<Box> {
  loading ??= load();
  return loading;
}

type Build = OpenCv & { onRuntimeInitialized?: () => void };

/** Runs the build, a CommonJS file. */
async function run(): Promise<{ readonly default: Build }> {
  if (provided === undefined) return await import("@techstark/opencv-js") as unknown as { default: Build };
  const { createRequire } = await import("node:module");
  const module = { exports: {} as Build };
  const start = new Function("module", "exports", "require", "__dirname", await provided());
  start(module, module.exports, createRequire("file:///"), "/");
  return { default: module.exports };
}

async function load(): Promise<Box> {
  const { default: process } = await import("node:process");
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const before = events.map((event) => process.listeners(event as "exit"));
  const { default: cv } = await run();
  // The build claims the process's last error handlers for itself, which would hide how our commands fail.
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as "exit")) {
      if (!before[i]!.includes(listener)) process.off(event, listener);
    }
  });
  if (cv.Mat === undefined) await new Promise<void>((resolve) => cv.onRuntimeInitialized = resolve);
  return { cv };
}
