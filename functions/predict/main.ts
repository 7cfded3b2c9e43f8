import { runPredict } from "./run_predict.ts";

Deno.exit(await runPredict());
