import { createProgress, type Progress } from "./progress.ts";

/** Progress bars one after another: a new label finishes the bar before. */
export interface Bars {
  update(label: string, done: number, total: number, note?: string): void;
  /** Prints a line that stays. */
  line(text: string): void;
  finish(): void;
}

/** Opens a sequence of progress bars on stderr. */
export function createBars(): Bars {
  let label: string | undefined;
  let bar: Progress | undefined;
  return {
    update(next, done, total, note) {
      if (next !== label) {
        bar?.finish();
        label = next;
        bar = createProgress({ total, label: next });
      }
      bar!.update(done, note);
    },
    line(text) {
      if (bar === undefined) console.error(text);
      else bar.line(text);
    },
    finish() {
      bar?.finish();
      bar = label = undefined;
    },
  };
}
