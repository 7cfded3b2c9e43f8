/** Checks of ops and meta-gradients against reference files. @module */
export { type GoldenFile, TOLERANCE, type VerifyRow } from "./types.ts";
export { OP_CASES, type OpCase } from "./op_cases.ts";
export { verifyMeta } from "./verify_meta.ts";
export { verifyOps } from "./verify_ops.ts";
