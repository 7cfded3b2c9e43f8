/** The inner loop, the outer gradient and the optimisers. @module */
export { type Adapted, innerLoop } from "./inner_loop.ts";
export { type MetaGradient, metaGradient, type MetaOptions } from "./meta_gradient.ts";
export type { InnerOptions, TaskClips } from "./types.ts";
