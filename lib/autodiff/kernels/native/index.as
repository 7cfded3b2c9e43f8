// The module's exports.
export { affine, bias, dots, mean } from "./channels";
export { directConv, directFilter, directScratch } from "./direct";
export { add, gate, mul, relu, scale, sub } from "./elementwise";
export { clear, copy } from "./layout";
export { matMul } from "./mat_mul";
export { pool, repool, unpool } from "./pool";
export { winogradConv, winogradFilter, winogradScratch } from "./winograd";
