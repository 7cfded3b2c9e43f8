/** A count and its noun: `1 clip`, `2 classes`. */
export function plural(n: number, one: string): string {
  return `${n} ${one}${n === 1 ? "" : /s$/.test(one) ? "es" : "s"}`;
}
