/** Spellings that mean one label. */
const SAME: ReadonlyMap<string, string> = new Map([
  ["other", "others"],
  ["happy", "happiness"],
  ["sad", "sadness"],
  ["comtempt", "contempt"],
  ["helpness", "helpless"],
]);

/** One spelling a label: lower case, single spaces, known variants joined (`Other` → `others`, `happy` → `happiness`). */
export function foldLabel(text: string): string {
  const label = text.trim().toLowerCase().replace(/\s+/g, " ");
  return SAME.get(label) ?? label;
}
