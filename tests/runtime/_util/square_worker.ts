import { answerAsks } from "../../../lib/runtime/mod.ts";

// Squares numbers and tells their halves first; a negative number fails, NaN with what is no error, and zero ends the
// worker.
answerAsks<number, number, string>(async (ask, tell) => {
  if (ask < 0) throw new RangeError(`Cannot square ${ask}`);
  if (Number.isNaN(ask)) throw "no number";
  if (ask === 0) setTimeout(() => Promise.reject(new Error("out of order")));
  if (ask === 0) await new Promise(() => {});
  tell(`half ${ask / 2}`);
  return ask * ask;
});
