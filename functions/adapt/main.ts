import { runAdapt } from "./run_adapt.ts";

Deno.exit(await runAdapt());
