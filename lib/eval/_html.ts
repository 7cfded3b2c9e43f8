const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A share as percent with one decimal; a dash where there is none. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}

/** A difference of shares in percentage points, signed. */
export function points(difference: number): string {
  if (!Number.isFinite(difference)) return "–";
  const text = Math.abs(100 * difference).toFixed(1);
  return `${text === "0.0" ? "±" : difference < 0 ? "−" : "+"}${text}`;
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** What guessing gets, for the line below a table. */
export function chance({ length: n }: { readonly length: number }): string {
  return n === 0 ? "" : `Chance level, accuracy and UAR of an even guess: ${percent(1 / n)} (1/${n}).`;
}
