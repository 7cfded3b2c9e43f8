/** From clips on disk to one packed file, and the check that a person looks at: threads, journal, report. @module */
export * from "./check_clips.ts";
export * from "./clip_facts.ts";
export * from "./clip_findings.ts";
export * from "./pack_clips.ts";
export * from "./pick_sheet_clips.ts";
export * from "./render_contact_sheet.ts";
export * from "./summarize_clips.ts";
