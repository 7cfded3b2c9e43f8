/** Manifests, pictures, preprocessing, episodes, the synthetic generator: typed arrays, no tensors. @module */
export * from "./clip_set.ts";
export * from "./decode_image.ts";
export * from "./decode_packed.ts";
export * from "./encode_packed.ts";
export * from "./evaluation_episodes.ts";
export * from "./frame_source.ts";
export * from "./load_clip_set.ts";
export * from "./magnify_clips.ts";
export * from "./packed_clip_set.ts";
export * from "./preprocess_clip.ts";
export * from "./raw_image.ts";
export * from "./read_frames.ts";
export * from "./read_image_size.ts";
export * from "./read_manifest.ts";
export * from "./sample_episode.ts";
export * from "./split_subjects.ts";
export * from "./to_model_input.ts";
