import type { LabelSet } from "./label_set.ts";

/** The owners' own labels. */
export const NATIVE: LabelSet = { name: "native", target: ({ label }) => ({ label }) };
