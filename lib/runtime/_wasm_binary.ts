let provided: (() => Promise<Uint8Array<ArrayBuffer>>) | null = null;

/** Takes what gives the WASM backend's binary. */
export function setWasmBinary(load: () => Promise<Uint8Array<ArrayBuffer>>): void {
  provided = load;
}

/** What was taken; null where the backend finds its binary by itself. */
export function wasmBinary(): (() => Promise<Uint8Array<ArrayBuffer>>) | null {
  return provided;
}
