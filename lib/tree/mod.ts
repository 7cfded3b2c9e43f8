/** Plain nested parameter records: no tensors, no dependencies. @module */
export * from "./tree.ts";
