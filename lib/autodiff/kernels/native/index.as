// The module's exports.
export { directConv, directFilter, directScratch } from "./direct";
export { winogradConv, winogradFilter, winogradScratch } from "./winograd";
