/** What `format` and `formatVersion` of a packed data set say, and the order that `kinds` indexes. */
export const PACKED_FORMAT = "lightmannet-clips";
export const PACKED_FORMAT_VERSION = "1";
export const PACKED_KINDS = ["micro", "macro"] as const;
