import { foldLabel } from "../_fold_label.ts";
import type { LabelSet } from "./label_set.ts";

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  casme2: ["happiness", "surprise", "disgust", "repression", "others"],
  samm: ["anger", "happiness", "others", "surprise", "contempt"],
};

/** The five classes that are usual for CASME II, and for SAMM; no other database has such a set. */
export const FIVE: LabelSet = {
  name: "5",
  target({ database, label: native, id }) {
    const label = foldLabel(native);
    const classes = Object.hasOwn(CLASSES, database) ? CLASSES[database]! : null;
    if (classes === null) {
      throw new RangeError(
        `Cannot apply the label set 5 to ${id}: expected a clip of ${Object.keys(CLASSES).join(" or ")}, ` +
          `got one of ${database}: use native, megc3 or a mapping file`,
      );
    }
    return classes.includes(label) ? { label } : { leftOut: "not among the five classes" };
  },
  published: { casme2: 246, samm: 136 },
};
