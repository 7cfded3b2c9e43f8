import { type Files, frames, pad } from "./files.ts";
import { type CellSpec, xlsx } from "./xlsx.ts";

/** Clips a subject has of each class: [negative, positive, surprise]. Totals a subject and a class are the true ones. */
const COUNTS: Readonly<Record<number, readonly [number, number, number]>> = {
  ...{ 1: [2, 2, 2], 2: [2, 2, 2], 3: [20, 10, 9], 4: [8, 6, 5], 5: [1, 1, 0], 6: [2, 1, 1], 8: [5, 5, 3] },
  ...{ 9: [1, 1, 2], 11: [3, 2, 2], 12: [4, 3, 2], 13: [4, 4, 2], 14: [4, 3, 3], 15: [2, 1, 1], 18: [2, 2, 3] },
  ...{ 19: [1, 0, 1], 20: [9, 8, 5] },
};

export const EMOTIONS = { ne: "negative", po: "positive", sur: "surprise" } as const;
export type Tag = keyof typeof EMOTIONS;

/** One clip of the short release. */
export interface SmicClipSpec {
  readonly subject: number;
  readonly tag: Tag;
  readonly index: number;
  /** First frame. */
  readonly from: number;
}

/** 164 clips of 16 subjects; frame numbers of six, seven and eight digits. */
export function allSmicClips(): SmicClipSpec[] {
  const clips: SmicClipSpec[] = [];
  for (const [subject, counts] of Object.entries(COUNTS)) {
    for (const [i, tag] of (["ne", "po", "sur"] as const).entries()) {
      for (let n = 1; n <= counts[i]!; n++) {
        // s02 has a gap in its numbers.
        const index = subject === "2" && tag === "sur" ? n + 3 : n;
        clips.push({ subject: Number(subject), tag, index, from: 9998 * 10 ** (clips.length % 4) });
      }
    }
  }
  return clips;
}

/** `s3_ne_01`. */
export const smicName = ({ subject, tag, index }: Pick<SmicClipSpec, "subject" | "tag" | "index">) =>
  `s${subject}_${tag}_${pad(index, 2)}`;

/** The cropped (or raw) release of one camera; folders of clips without movement beside those with. */
export function smicFiles(
  clips: readonly SmicClipSpec[],
  { folder = "SMIC_all_cropped/HS", prefix = "reg_image", padded = false, nonMicro = true } = {},
): Files {
  const files: Files = {};
  for (const clip of clips) {
    const subject = padded ? `s${pad(clip.subject, 2)}` : `s${clip.subject}`;
    const at = `${folder}/${subject}/micro/${EMOTIONS[clip.tag]}/${smicName(clip)}`;
    Object.assign(files, frames(at, [clip.from, clip.from + 4], (number) => `${prefix}${pad(number, 6)}.bmp`));
    if (!nonMicro) continue;
    Object.assign(files, frames(`${folder}/${subject}/non_micro/n1`, [1, 1], () => `${prefix}000001.bmp`));
  }
  return files;
}

/** One row of the extended release. */
export interface SmicRowSpec extends SmicClipSpec {
  readonly onset: number;
  readonly offset: CellSpec;
  readonly further?: readonly (readonly [number, number])[];
  readonly first?: CellSpec;
  readonly last?: CellSpec;
  readonly total?: CellSpec;
  readonly label?: string;
  /** Frames on disk. @default from to from + 19 */
  readonly disk?: readonly [number, number] | null;
}

/** An invented row: a video of 20 frames, the movement from its sixth to its tenth. */
export function smicRow(subject: number, tag: Tag, index: number, rest: Partial<SmicRowSpec> = {}): SmicRowSpec {
  const from = rest.from ?? 1000;
  return { subject, tag, index, from, onset: from + 5, offset: from + 9, ...rest };
}

const HS_HEADER = [
  ...["Subject", "Filename", null, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F", null],
  ...["FirstF", "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion"],
];
const VIS_HEADER = [
  ...["Subject", "Filename", null, "OnsetF", "OffsetF", "Onset2F", "Offset2F", null],
  ...["FirstF", "TotalMF1", "TotalMF2", "TotalVL", "Emotion"],
];

/** The workbook: sheets HS, VIS and two empty ones; offsets, first and last frames are formulas across sheets. */
export function smicWorkbook(rows: readonly SmicRowSpec[], { vis = [] as readonly SmicRowSpec[] } = {}): Uint8Array {
  const formula = (
    value: CellSpec,
  ): CellSpec => (typeof value === "number" ? { formula: "D2-100*(VIS!D2-VIS!I2)/25", value } : value);
  const hs = rows.map((row): CellSpec[] => {
    const [second, third] = row.further ?? [];
    return [
      ...[row.subject, smicName(row), null, row.onset, formula(row.offset)],
      ...[second?.[0] ?? null, second?.[1] ?? null, third?.[0] ?? null, third?.[1] ?? null, null],
      ...[formula(row.first ?? row.from), formula(row.last ?? row.from + 19), row.total ?? null, null, null],
      ...[{ formula: "L2-K2+1", value: 20 }, row.label ?? EMOTIONS[row.tag]],
    ];
  });
  const slow = vis.map((row): CellSpec[] => [
    ...[row.subject, smicName(row), null, row.onset, formula(row.offset), null, null, null],
    ...[formula(row.first ?? row.from), row.total ?? null, null, 20, row.label ?? EMOTIONS[row.tag]],
  ]);
  return xlsx([
    { name: "HS", rows: [HS_HEADER, ...hs, [], ["Remark: invented"]] },
    { name: "VIS", rows: [VIS_HEADER, ...slow] },
    ...[{ name: "Sheet2", rows: [] }, { name: "Sheet3", rows: [] }],
  ]);
}

/** The extended release of the fast camera: padded subjects, unpadded clips, the workbook among the subjects. */
export function smicExtendedFiles(rows: readonly SmicRowSpec[], folder = "HS_long/SMIC-HS-E"): Files {
  const files: Files = { [`${folder}/SMIC-HS-E_annotation.xlsx`]: smicWorkbook(rows) };
  for (const row of rows) {
    const { disk = [row.from, row.from + 19] as const } = row;
    const at = `${folder}/s${pad(row.subject, 2)}/${smicName(row)}`;
    if (disk !== null) Object.assign(files, frames(at, disk, (number) => `image${pad(number, 6)}.jpg`));
  }
  return files;
}

/** Clips that have no row: four are second or third movements of the row before, three are lost. */
const SECOND = ["s3_ne_03", "s4_ne_05", "s4_ne_06", "s9_sur_02"];
const LOST = ["s3_ne_20", "s1_ne_02", "s2_sur_05"];
const JUNK = ["s20_ne_06", "s20_ne_09", "s20_sur_02", "s18_ne_01", "s18_sur_03"];

/** 157 rows with the second movements, the impossible third ones and the wrong label of the distributed sheet. */
export function allSmicRows(): SmicRowSpec[] {
  return allSmicClips().filter((clip) => ![...SECOND, ...LOST].includes(smicName(clip))).map((clip) => {
    const { from, subject, tag, index } = clip;
    const name = smicName(clip);
    const further: Record<string, [number, number][]> = {
      s3_ne_02: [[from + 12, from + 14]],
      s4_ne_04: [[from + 12, from + 14], [from + 16, from + 18]],
      s9_sur_01: [[from + 12, from + 14], [from + 12, from + 14]],
      ...Object.fromEntries(JUNK.map((junk) => [junk, [[from + 12, from + 14], [from + 36_601, from]]])),
    };
    const more = further[name];
    return smicRow(subject, tag, index, {
      from,
      ...(more === undefined ? {} : { further: more }),
      ...(name === "s18_sur_03" ? { label: "negative" } : {}),
    });
  });
}
