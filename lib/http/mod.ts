/** What the functions share: the base app, problems, limits, clips in requests. The only lib folder that knows Hono. @module */
export * from "./allowed_methods.ts";
export * from "./app_deps.ts";
export * from "./checked_name.ts";
export * from "./clip_source.ts";
export * from "./combine_apps.ts";
export * from "./create_base_app.ts";
export * from "./create_keyed_lock.ts";
export * from "./limits.ts";
export * from "./parse_fields.ts";
export * from "./prepare_clips.ts";
export * from "./problem_error.ts";
export * from "./read_body.ts";
export * from "./read_clips.ts";
export * from "./read_json.ts";
