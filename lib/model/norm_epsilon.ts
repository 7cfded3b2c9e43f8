/** Added to a variance before its root, as in PyTorch's batch norm. */
export const NORM_EPSILON = 1e-5;
