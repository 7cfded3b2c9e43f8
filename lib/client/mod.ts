/** A client of the functions: typed calls over HTTP, for programs in Deno, Node.js and browsers. @module */
export * from "./client_error.ts";
export * from "./create_client.ts";
export * from "./types.ts";
