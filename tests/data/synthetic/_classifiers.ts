/** A small pooled or per-subject classifier: ridge regression on one-hot labels. */
export function trainRidge(x: readonly Float64Array[], y: readonly number[], classes: number, lambda: number) {
  const n = x.length;
  const f = x[0]!.length;
  const mean = new Float64Array(f);
  for (const row of x) for (let i = 0; i < f; i++) mean[i]! += row[i]! / n;
  const centred = x.map((row) => row.map((value, i) => value - mean[i]!));
  const prior = Array.from({ length: classes }, (_, k) => y.filter((label) => label === k).length / n);
  // Few clips: solve in the space of clips; many: in the space of features.
  const dual = n < f;
  const size = dual ? n : f;
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  if (dual) {
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gram[i]![j] = gram[j]![i] = dot(centred[i]!, centred[j]!);
  } else {
    for (const row of centred) {
      for (let i = 0; i < f; i++) {
        const [line, value] = [gram[i]!, row[i]!];
        for (let j = 0; j <= i; j++) line[j]! += value * row[j]!;
      }
    }
    for (let i = 0; i < f; i++) for (let j = 0; j < i; j++) gram[j]![i] = gram[i]![j]!;
  }
  const trace = gram.reduce((sum, row, i) => sum + row[i]!, 0) / size;
  for (let i = 0; i < size; i++) gram[i]![i]! += lambda * trace;
  const targets = prior.map((p, k) => y.map((label) => (label === k ? 1 : 0) - p));
  const right = targets.map((target) => {
    if (dual) return Float64Array.from(target);
    const sum = new Float64Array(f);
    centred.forEach((row, r) => {
      for (let i = 0; i < f; i++) sum[i]! += row[i]! * target[r]!;
    });
    return sum;
  });
  const solved = solve(gram, right);
  const weights = dual
    ? solved.map((alpha) => {
      const sum = new Float64Array(f);
      centred.forEach((row, r) => {
        for (let i = 0; i < f; i++) sum[i]! += row[i]! * alpha[r]!;
      });
      return sum;
    })
    : solved;
  return (row: Float64Array): number => {
    const scores = weights.map((w, k) => prior[k]! + dot(w, row) - dot(w, mean));
    return scores.indexOf(Math.max(...scores));
  };
}

/** Cholesky: solves A x = b for each b; A is overwritten. */
function solve(a: Float64Array[], right: readonly Float64Array[]): Float64Array[] {
  const n = a.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= a[i]![k]! * a[j]![k]!;
      a[i]![j] = i === j ? Math.sqrt(sum) : sum / a[j]![j]!;
    }
  }
  return right.map((b) => {
    const x = Float64Array.from(b);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i]! -= a[i]![k]! * x[k]!;
      x[i]! /= a[i]![i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i]! -= a[k]![i]! * x[k]!;
      x[i]! /= a[i]![i]!;
    }
    return x;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
