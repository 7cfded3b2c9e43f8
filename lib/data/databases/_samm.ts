import { onlyRoot } from "./_only_root.ts";
import { onlyAnnotations } from "./_only_annotations.ts";
import type { CodedDatabase } from "./_coded_database.ts";

/** SAMM: `006/006_1_2/006_05562.jpg`, a workbook whose header stands below a preamble. */
export const SAMM: CodedDatabase = {
  name: "samm",
  title: "SAMM",
  subjectFolder: /^\d{3}$/,
  example: "006, 007, …",
  subjectName: (number) => String(number).padStart(3, "0"),
  fileName: /^SAMM(?!.*long).*\.(xlsx|csv)$/i,
  columns: {
    subject: ["subject"],
    clip: ["filename"],
    onset: ["onsetframe"],
    apex: ["apexframe"],
    offset: ["offsetframe"],
    label: ["estimatedemotion"],
    units: ["actionunits"],
  },
  expected: "columns Subject, Filename, Onset Frame, Apex Frame, Offset Frame, Estimated Emotion, clips like 006_1_2",
  clipName: /^\d{3}_\d+_\d+$/,
  fps: 200,
  shared: false,
  roots: (found, root) => [onlyRoot(found, "SAMM", root)],
  annotations: (found, spec, root) => [onlyAnnotations(found, spec, root)],
};
