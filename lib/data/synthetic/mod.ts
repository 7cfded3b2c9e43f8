/**
 * A synthetic data set of moving faces: anyone can run everything without licensed pictures.
 *
 * The way of a clip: options → {@linkcode syntheticManifest} (the plan: faces, expressions, nuisance) →
 * {@linkcode renderClip} (pixels) → {@linkcode writeSyntheticDataSet} (frame folders, manifest.csv, truth.json).
 *
 * @module
 */
export * from "./action_unit_intensities.ts";
export * from "./action_units.ts";
export * from "./render_clip.ts";
export * from "./subject_expressions.ts";
export * from "./synthetic_classes.ts";
export * from "./synthetic_clip.ts";
export * from "./synthetic_face.ts";
export * from "./synthetic_holdout.ts";
export * from "./synthetic_manifest.ts";
export * from "./synthetic_options.ts";
export * from "./write_synthetic_data_set.ts";
