/** The adapt function: calibrates a person with one gradient step. @module */
export * from "./create_adapt_app.ts";
export * from "./finish_tenant_erasures.ts";
export * from "./routes.ts";
export * from "./schema.ts";
