// What `deno task bundle` makes one file of: the program, or the worker that this file is when it is started as one.
import { answerEngineAsks, isWorker, type PackedFiles, providePacked } from "../../lib/edge/mod.ts";
import { runPredict } from "./run_predict.ts";

/** Given by the bundle around this code. */
declare const packedFiles: PackedFiles;

providePacked(packedFiles);
if (isWorker()) answerEngineAsks();
else runPredict().then(Deno.exit);
