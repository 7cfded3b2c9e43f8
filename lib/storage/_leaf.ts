import type { StoredTensor } from "./types.ts";

/** Holds a tensor where lib/tree would take its plain record for a branch. */
export class Leaf {
  constructor(readonly tensor: StoredTensor) {}
}
