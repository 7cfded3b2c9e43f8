/** Data sets that {@linkcode readDatabase} reads. */
export const DATABASE_NAMES = ["samm", "smic", "casme", "casme2", "casme-squared", "ckplus", "manifest"] as const;

/** Name of a data set on the command line and in the ids of its clips. */
export type DatabaseName = typeof DATABASE_NAMES[number];
