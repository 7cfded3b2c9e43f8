import type { ClipSet } from "../data/mod.ts";
import { chooseBackend } from "../runtime/mod.ts";
import { doUnit } from "./_do_unit.ts";
import type { Unit, UnitResult } from "./types.ts";

/** What a worker is told: once the clips, then units. */
export type UnitRequest =
  | { readonly type: "setup"; readonly set: ClipSet; readonly backend: "wasm" | "cpu" }
  | { readonly type: "unit"; readonly unit: Unit };

/** What it answers. */
export type UnitReply =
  | { readonly type: "ready" }
  /** Outer steps done, of all. */
  | { readonly type: "step"; readonly share: number }
  | { readonly type: "result"; readonly result: UnitResult }
  | { readonly type: "error"; readonly message: string };

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<UnitRequest>) => void) | null;
  postMessage(reply: UnitReply): void;
};

let set: ClipSet | undefined;

async function answer(request: UnitRequest): Promise<UnitReply> {
  try {
    if (request.type === "setup") {
      set = request.set;
      await chooseBackend(request.backend);
      return { type: "ready" };
    }
    const result = await doUnit(set!, request.unit, {
      // A worker is stopped by ending it.
      signal: new AbortController().signal,
      onStep: (share) => scope.postMessage({ type: "step", share }),
    });
    return { type: "result", result };
  } catch (error) {
    return { type: "error", message: error instanceof Error ? error.message : String(error) };
  }
}

scope.onmessage = async (event) => scope.postMessage(await answer(event.data));
