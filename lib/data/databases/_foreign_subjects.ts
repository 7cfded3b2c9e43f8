/** How each database names its subjects' folders. */
const SUBJECTS: readonly (readonly [string, RegExp])[] = [
  ["SAMM", /^0\d\d$/],
  ["CASME or CASME II", /^sub\d{1,2}$/i],
  ["CK+", /^S\d{3}$/],
  ["SMIC or CAS(ME)²", /^s\d{1,2}$/],
];

/**
 * The database whose subjects' folders are among some names, or null.
 *
 * @param names Names of folders.
 * @param own The pattern of the database that is read: what it matches is not foreign.
 */
export function foreignSubjects(names: readonly string[], own: RegExp): string | null {
  for (const [title, pattern] of SUBJECTS) {
    if (names.some((name) => pattern.test(name) && !own.test(name))) return title;
  }
  return null;
}
