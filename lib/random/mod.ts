/** Seeded, named random streams: no hidden state, no tensors. @module */
export * from "./random.ts";
