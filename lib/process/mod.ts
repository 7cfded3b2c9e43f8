/** How a program is stopped and how it ends: signals, the death of a parent, wrong values. @module */
export * from "./usage_error.ts";
export * from "./watch_parents.ts";
export * from "./watch_signals.ts";
