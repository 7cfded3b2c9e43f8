import { type Files, frames, pad, spread, text } from "./files.ts";

/** One sequence. */
export interface CkplusSpec {
  readonly subject: number;
  readonly sequence: number;
  /** 0 to 7; null: no emotion file. */
  readonly code: number | null;
  readonly frames: number;
}

/** 593 sequences of 123 subjects, 327 of 118 subjects labelled. */
export function allCkplus(): CkplusSpec[] {
  const codes = spread({ 1: 45, 2: 18, 3: 59, 4: 25, 5: 69, 6: 28, 7: 83 }).map(Number);
  return Array.from({ length: 593 }, (_, i) => ({
    ...{ subject: i < codes.length ? (i % 118) + 1 : ((i - codes.length) % 123) + 1 },
    ...{
      sequence: Math.floor(i / 118) + (i < codes.length ? 1 : 10),
      code: codes[i] ?? null,
      frames: i < codes.length ? 3 : 1,
    },
  }));
}

/** Pictures, and emotion files with leading spaces and a float; unlabelled sequences have an empty folder there. */
export function ckplusFiles(
  all: readonly CkplusSpec[],
  { images = "cohn-kanade-images", emotions = "Emotion", end = "\n" } = {},
): Files {
  const files: Files = {};
  const [none, units] = [text(""), text("   4.0000000e+00   2.0000000e+00\n")];
  for (const { subject, sequence, code, frames: count } of all) {
    const [person, take] = [`S${pad(subject, 3)}`, pad(sequence, 3)];
    const name = (number: number) => `${person}_${take}_${pad(number, 8)}`;
    Object.assign(files, frames(`${images}/${person}/${take}`, [1, count], (number) => `${name(number)}.png`));
    const file = `${emotions}/${person}/${take}/${code === null ? ".DS_Store" : `${name(count)}_emotion.txt`}`;
    files[file] = code === null ? none : text(`   ${code.toFixed(7)}e+00${end}`);
    // One subject's are enough to tell them from the labels.
    if (subject === 5) files[`FACS/${person}/${take}/${name(count)}_facs.txt`] = units;
  }
  return files;
}
