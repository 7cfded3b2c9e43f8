import { foldLabel } from "../_fold_label.ts";
import type { LabelSet } from "./label_set.ts";

const NEGATIVE = ["negative", "repression", "anger", "contempt", "disgust", "fear", "sadness"];
const CLASSES: ReadonlyMap<string, string> = new Map([
  ...NEGATIVE.map((label) => [label, "negative"] as const),
  ["positive", "positive"],
  ["happiness", "positive"],
  ["surprise", "surprise"],
]);

/**
 * The three classes of MEGC2019's composite. Of CASME II, the fear and sadness clips are not part of it, nor are the
 * clips without an apex or with the onset as apex.
 */
export const MEGC3: LabelSet = {
  name: "megc3",
  target({ database, label: native, kind, onset, apex }) {
    const label = foldLabel(native);
    const target = CLASSES.get(label);
    if (target === undefined) return { leftOut: "neither negative, positive nor surprise" };
    if (database !== "casme2" || kind !== "micro") return { label: target };
    if (label === "fear" || label === "sadness") return { leftOut: "MEGC2019 takes no such clips of CASME II" };
    if (apex === null) return { leftOut: "MEGC2019 takes no clips of CASME II without an apex" };
    if (apex === onset) return { leftOut: "MEGC2019 takes no clips of CASME II whose apex is the onset" };
    return { label: target };
  },
  published: { smic: 164, casme2: 145, samm: 133 },
};
