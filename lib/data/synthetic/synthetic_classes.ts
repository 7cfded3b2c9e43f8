/** The emotions, sorted; the labels of every clip. */
export const SYNTHETIC_CLASSES = ["negative", "positive", "surprise"] as const;

/** One of {@linkcode SYNTHETIC_CLASSES}. */
export type SyntheticClass = typeof SYNTHETIC_CLASSES[number];
