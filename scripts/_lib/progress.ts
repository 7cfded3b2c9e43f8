/** How far a long command is. */
export interface Progress {
  /**
   * Shows a state.
   *
   * @param done Units done, of `total`.
   * @param note Short text after the bar, for instance `loss 0.812  accuracy 61 %`.
   */
  update(done: number, note?: string): void;
  /** Prints a line that stays, above the bar. */
  line(text: string): void;
  /** Leaves the last state standing and ends the line. */
  finish(): void;
}

/** Options of {@linkcode createProgress}. */
export interface ProgressOptions {
  /** Units of the whole. */
  readonly total: number;
  /** What is going on, for instance `Training`. */
  readonly label: string;
  /** Whether the output is a terminal. Default: whether stderr is. */
  readonly terminal?: boolean;
  /** Width of the terminal in columns. Default: the terminal's, else 80. */
  readonly columns?: number;
  /** Receives text. Default: stderr, so that stdout stays free for results. */
  readonly write?: (text: string) => void;
  /** Milliseconds that only grow. Default: performance.now. */
  readonly now?: () => number;
  /** Milliseconds between lines where there is no terminal. Default 5000. */
  readonly interval?: number;
}

const BAR = 24;
const LEAST_BAR = 8;
const REDRAW_MS = 100;

function toStderr(text: string): void {
  // writeSync may take only part of the bytes of a full pipe.
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** Seconds as `45 s`, `3 min 20 s` or `1 h 05 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** What one line of progress shows. */
interface Parts {
  readonly label: string;
  readonly share: number;
  readonly count: string;
  readonly note: string;
  readonly left: string;
}

/** At most `width` characters, the last of which says that some are gone. */
function cut(text: string, width: number): string {
  return text.length <= width ? text : width < 2 ? "" : `${text.slice(0, width - 1).trimEnd()}…`;
}

/** One line with a bar: where it is too long first the bar shrinks, then the note, then the label, never the time left. */
function fitLine({ label, share, count, note, left }: Parts, width: number): string {
  const tail = left === "" ? "" : `  ${left}`;
  const bare = label.length + 2 + count.length + tail.length;
  const bar = Math.max(LEAST_BAR, Math.min(BAR, width - bare - (note === "" ? 0 : note.length + 2)));
  const said = cut(note, width - bare - bar - 2);
  const name = cut(label, Math.max(0, width - (bare - label.length) - bar));
  const filled = Math.round(share * bar);
  const line = `${name} ${"█".repeat(filled)}${"░".repeat(bar - filled)} ${count}${said === "" ? "" : `  ${said}`}`;
  return `${line.slice(0, Math.max(0, width - tail.length))}${tail}`.trimStart().slice(0, width);
}

/**
 * Shows progress: a bar with the time left that redraws itself on a terminal, else one line every few seconds.
 *
 * Time left = time so far / done × (total − done), counted from the first update, so that work done by an earlier,
 * resumed run does not flatter it.
 *
 * @param options What is counted, and where it goes.
 * @returns The progress; call `finish` at the end.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { total, label, interval = 5000, now = () => performance.now(), write = toStderr } = options;
  const terminal = options.terminal ?? Deno.stderr.isTerminal();
  const columns = options.columns ?? (terminal ? terminalColumns() : 80);
  let first: { time: number; done: number } | undefined;
  let shown = -Infinity;
  let state = "";
  let drawn = "";

  const describe = (done: number, note: string): string => {
    const time = now();
    first ??= { time, done };
    const speed = (done - first.done) / (time - first.time);
    const left = speed > 0 ? `${formatSeconds((total - done) / speed / 1000)} left` : "";
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const count = `${done}/${total}`;
    if (terminal) return fitLine({ label, share, count, note, left }, columns - 1);
    return [`${label} ${count}`, note, left].filter((part) => part !== "").join("  ");
  };
  const draw = () => {
    write(`\r${state}${" ".repeat(Math.max(0, drawn.length - state.length))}`);
    drawn = state;
  };

  return {
    update(done, note = "") {
      state = describe(done, note);
      if (done < total && now() - shown < (terminal ? REDRAW_MS : interval)) return;
      shown = now();
      if (terminal) draw();
      else if (state !== drawn) write(`${drawn = state}\n`);
    },
    line(text) {
      if (!terminal) return write(`${text}\n`);
      write(`\r${" ".repeat(drawn.length)}\r${text}\n`);
      drawn = "";
      if (state !== "") draw();
    },
    finish() {
      if (state === "") return;
      if (terminal) {
        draw();
        write("\n");
      } else if (state !== drawn) write(`${state}\n`);
      state = drawn = "";
    },
  };
}
