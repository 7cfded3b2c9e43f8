import { onlyRoot } from "./_only_root.ts";
import { onlyAnnotations } from "./_only_annotations.ts";
import type { CodedDatabase } from "./_coded_database.ts";

/** CASME II: `sub01/EP02_01f/img46.jpg` or `reg_img46.jpg`; a clip's name is unique only within its subject. */
export const CASME2: CodedDatabase = {
  name: "casme2",
  title: "CASME II",
  subjectFolder: /^sub\d{1,2}$/i,
  example: "sub01, sub02, …",
  subjectName: (number) => `sub${String(number).padStart(2, "0")}`,
  fileName: /^CASME[-_ ]?(2|II)(?!.*objective).*\.(xlsx|xls|csv)$/i,
  columns: {
    subject: ["subject"],
    clip: ["filename"],
    onset: ["onsetframe"],
    apex: ["apexframe"],
    offset: ["offsetframe"],
    label: ["estimatedemotion"],
    units: ["actionunits"],
  },
  expected: "columns Subject, Filename, OnsetFrame, ApexFrame, OffsetFrame, Estimated Emotion, clips like EP02_01f",
  clipName: /^EP\d/i,
  fps: 200,
  shared: false,
  foreignFrame: (name) => /EP.*-\d+\.\w+$/i.test(name) ? "CASME" : null,
  roots: (found, root) => [onlyRoot(found, "CASME II", root)],
  annotations: (found, spec, root) => [onlyAnnotations(found, spec, root)],
};
