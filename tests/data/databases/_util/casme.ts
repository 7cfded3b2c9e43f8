import { type Files, frames, pad, spread, text } from "./files.ts";

/** One row of a section's sheet. */
export interface CasmeRow {
  readonly subject: number;
  readonly clip: string;
  readonly onset: number;
  readonly apex: string;
  readonly apex2: string;
  readonly offset: number;
  readonly units: string;
  readonly label: string;
}

/** An invented row: the movement of five frames from `onset`. */
export function casmeRow(subject: number, clip: string, onset: number, rest: Partial<CasmeRow> = {}): CasmeRow {
  return {
    ...{ subject, clip, onset, apex: String(onset + 2), apex2: "", offset: onset + 4 },
    ...{ units: "4+L10", label: "tense" },
    ...rest,
  };
}

/** Rows a subject has. */
const SUBJECTS: Readonly<Record<string, number>> = {
  ...{ 1: 38, 2: 2, 3: 5, 4: 5, 5: 2, 6: 18, 7: 26, 8: 24, 9: 7, 10: 6, 11: 1, 12: 3, 13: 9, 14: 11, 15: 3, 16: 4 },
  ...{ 17: 10, 18: 15 },
};
const LABELS = {
  ...{
    tense: 68,
    disgust: 45,
    repression: 39,
    surprise: 20,
    happiness: 7,
    sadness: 6,
    contempt: 1,
    comtempt: 1,
    fear: 2,
  },
};

/** 189 invented rows of both sections; fourteen clips hold two to six movements. */
export function allCasmeRows(): CasmeRow[] {
  const labels = spread(LABELS);
  const rows: CasmeRow[] = [];
  for (const [key, count] of Object.entries(SUBJECTS)) {
    const subject = Number(key);
    // Every clip of a subject holds `of` movements; the two subjects with several give fourteen such clips.
    const several = subject === 6 ? [6] : subject === 7 ? new Array<number>(13).fill(2) : [];
    let clip = 0;
    for (let n = 0; n < count;) {
      const of = several[clip++] ?? 1;
      const name = clip % 9 === 0 ? `EP${pad(clip, 2)}` : clip % 10 === 0 ? `EP12_2_${clip}` : `EP90_${clip}`;
      for (let i = 0; i < of; i++, n++) {
        rows.push(casmeRow(subject, name, 11 + 20 * i, { label: labels[rows.length]! }));
      }
    }
  }
  return rows;
}

/** A section's sheet as LibreOffice exports it. */
export function casmeCsv(rows: readonly CasmeRow[]): Uint8Array {
  const lines = rows.map(({ subject, clip, onset, apex, apex2, offset, units, label }) =>
    `${subject},${clip},,${onset},${apex},${apex2},${offset},,33,66,"${units}",${label}`
  );
  return text(["Subject,Filename,,OnsetF,ApexF1,ApexF2,OffsetF,,Onset,Total,AU,Emotion", ...lines, ""].join("\r\n"));
}

/** The frames: unpadded numbers in section A, three digits in section B. */
export function casmeFrames(rows: readonly CasmeRow[], folder: string, prefix = ""): Files {
  const files: Files = {};
  for (const { subject, clip, onset, offset } of rows) {
    const name = (number: number) => `${prefix}${clip}-${pad(number, subject < 8 ? 1 : 3)}.jpg`;
    Object.assign(files, frames(`${folder}/sub${pad(subject, 2)}/${clip}`, [onset, offset], name));
  }
  return files;
}

/** Both sections as unpacked, with the exported sheets beside the old ones. */
export function casmeFiles(rows: readonly CasmeRow[]): Files {
  const files: Files = {};
  for (const section of ["A", "B"]) {
    const own = rows.filter(({ subject }) => (subject < 8) === (section === "A"));
    if (own.length === 0) continue;
    files[`CASME_${section}/Section ${section}/Section ${section}.csv`] = casmeCsv(own);
    Object.assign(files, casmeFrames(own, `CASME_${section}/CASME_raw_selected`));
  }
  return files;
}
