/** Manifests, pictures, preprocessing, episodes, the synthetic generator: typed arrays, no tensors. @module */
export * from "./clip_set.ts";
export * from "./decode_image.ts";
export * from "./frame_source.ts";
export * from "./raw_image.ts";
export * from "./read_image_size.ts";
