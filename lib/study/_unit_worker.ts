import type { ClipSet } from "../data/mod.ts";
import { answerAsks, chooseBackend } from "../runtime/mod.ts";
import { doUnit } from "./_do_unit.ts";
import type { Unit, UnitResult } from "./types.ts";

/** What a worker is asked: once to take the clips, which is answered by null, then units. */
export type UnitAsk = { readonly set: ClipSet; readonly backend: "wasm" | "cpu" } | { readonly unit: Unit };

/** What it tells meanwhile: outer steps done, of all. */
export type UnitShare = number;

let set: ClipSet | undefined;

answerAsks<UnitAsk, UnitResult | null, UnitShare>(async (ask, tell) => {
  if ("unit" in ask) {
    // A worker is stopped by ending it.
    return await doUnit(set!, ask.unit, { signal: new AbortController().signal, onStep: tell });
  }
  set = ask.set;
  await chooseBackend(ask.backend);
  return null;
});
