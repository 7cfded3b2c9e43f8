/** A clip of SMIC, known by its name. */
export interface SmicClip {
  /** With two digits each, as MEGC2019 writes it: `s03_ne_01`. */
  readonly name: string;
  /** `s03`. */
  readonly subject: string;
  readonly number: number;
  readonly tag: string;
  readonly index: number;
  readonly label: string;
  /** The same for every spelling of the name. */
  readonly key: string;
}

const LABELS: Readonly<Record<string, string>> = { ne: "negative", po: "positive", sur: "surprise" };

/** Reads a clip's name, padded or not (`s3_ne_1`, `s03_ne_01`); null: it is none. */
export function parseSmicClip(text: string): SmicClip | null {
  const match = /^s(\d+)_(ne|po|sur)_(\d+)$/i.exec(text.trim());
  if (match === null) return null;
  const [number, tag, index] = [Number(match[1]), match[2]!.toLowerCase(), Number(match[3])];
  const subject = `s${String(number).padStart(2, "0")}`;
  const name = `${subject}_${tag}_${String(index).padStart(2, "0")}`;
  return { name, subject, number, tag, index, label: LABELS[tag]!, key: name };
}
