export { UsageError } from "../../lib/process/mod.ts";
