// The module's exports.
export { affine, dots } from "./channels";
export { directConv, directFilter, directScratch } from "./direct";
export { add, gate, mul, scale, sub } from "./elementwise";
export { pool, repool, unpool } from "./pool";
export { winogradConv, winogradFilter, winogradScratch } from "./winograd";
