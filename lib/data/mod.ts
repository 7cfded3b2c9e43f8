/** Manifests, pictures, preprocessing, episodes, the synthetic generator: typed arrays, no tensors. @module */
export * from "./clip_set.ts";
