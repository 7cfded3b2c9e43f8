// The module's exports.
export { directConv, directFilter, directScratch } from "./direct";
export { gate } from "./gate";
export { pool, repool, unpool } from "./pool";
export { dots } from "./sums";
export { winogradConv, winogradFilter, winogradScratch } from "./winograd";
