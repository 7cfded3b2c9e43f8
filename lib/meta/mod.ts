/** The inner loop, the outer gradient and the optimisers. @module */
export { adam, type AdamOptions, type AdamState, type Optimizer } from "./adam.ts";
export { clipByGlobalNorm } from "./clip_by_global_norm.ts";
export { cutEvenly } from "./cut_evenly.ts";
export { type ClipWork, estimateBytes } from "./estimate_bytes.ts";
export { type Adapted, innerLoop } from "./inner_loop.ts";
export { joinTasks } from "./join_tasks.ts";
export { type MetaGradient, metaGradient, type MetaOptions } from "./meta_gradient.ts";
export { metricGradient, type MetricOptions } from "./metric_gradient.ts";
export { reptileGradient } from "./reptile_gradient.ts";
export type { InnerOptions, TaskClips, TaskGradient } from "./types.ts";
export { repeatTree } from "./repeat_tree.ts";
export { tasksAtOnce } from "./tasks_at_once.ts";
