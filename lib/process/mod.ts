/** How a program minds what is outside of it: signals, the death of a parent, wrong values, what waits to be served. @module */
export * from "./usage_error.ts";
export * from "./watch_parents.ts";
export * from "./watch_signals.ts";
export * from "./yield_to_events.ts";
