import * as tf from "@tensorflow/tfjs-core";
import { wasmBinary } from "./_wasm_binary.ts";
import type { BackendName } from "./types.ts";

/** Loads the WASM backend; tfjs takes a binary that was handed over only as something to fetch. */
async function loadWasm(): Promise<void> {
  const binary = wasmBinary();
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  if (binary === null) return;
  const blob = new Blob([await binary()], { type: "application/wasm" });
  const url = URL.createObjectURL(blob);
  // It wants them all and, for want of threads under Deno, takes the first where there is SIMD.
  const names = [
    "tfjs-backend-wasm-simd.wasm",
    "tfjs-backend-wasm-threaded-simd.wasm",
    "tfjs-backend-wasm.wasm",
  ] as const;
  setWasmPaths(Object.fromEntries(names.map((name) => [name, url])), true);
}

/** Loads the package that registers a backend and its kernels. Lazy, so that a process loads only what it runs. */
async function load(name: BackendName): Promise<void> {
  switch (name) {
    case "webgpu":
      await import("@tensorflow/tfjs-backend-webgpu");
      break;
    case "wasm":
      await loadWasm();
      break;
    case "cpu":
      await import("@tensorflow/tfjs-backend-cpu");
      break;
  }
}

/**
 * Loads a backend and makes it the current one.
 *
 * tfjs tells why a start failed through console.warn alone and returns false, so the warnings of this one call
 * are collected: they become the error's message, or are passed on, less the advertisement for tfjs-node.
 */
export async function startBackend(name: BackendName): Promise<void> {
  await load(name);
  const warn = console.warn;
  const warnings: string[] = [];
  console.warn = (...parts: unknown[]) => void warnings.push(parts.map(String).join(" "));
  let started: boolean;
  try {
    started = await tf.setBackend(name);
    if (started) await tf.ready();
    // The advertisement comes with the first value written.
    if (started && name === "cpu") tf.scalar(0).dispose();
  } finally {
    console.warn = warn;
  }
  if (!started) {
    const reason = warnings.find((line) => !line.startsWith("Initialization of backend"))?.split("\n")[0];
    throw new Error(reason ?? "it did not start");
  }
  for (const line of warnings.filter((line) => !line.includes("tfjs-node"))) warn(line);
}
