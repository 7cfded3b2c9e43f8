/**
 * From the owners' labels to classes, last of all: native, five classes, MEGC2019's three, or one's own mapping.
 *
 * @module
 */
export * from "./apply_label_set.ts";
export * from "./label_set.ts";
export * from "./read_label_set.ts";
