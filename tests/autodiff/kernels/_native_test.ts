import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeNative } from "../../../lib/autodiff/kernels/_native.ts";
import { NATIVE_MODULES } from "../../../lib/autodiff/kernels/native/modules.ts";
import { compileKernels, KERNEL_SOURCES } from "../../../scripts/_lib/compile_kernels.ts";
import { numbers, relativeError } from "../../_util/numbers.ts";
import { needs } from "../../_util/needs.ts";
import { plainConv, plainFilter, type Sizes } from "./_plain.ts";

const VARIANTS = Object.entries(NATIVE_MODULES);

/** Kernels on a memory of their own, whose every byte was 0xaa: what a kernel does not write is no zero by chance. */
function fresh(module: string) {
  const memory = new WebAssembly.Memory({ initial: 200 });
  const kernels = makeNative(memory, [module]);
  new Uint8Array(memory.buffer).fill(0xaa);
  let next = 1024;
  const room = (bytes: number) => {
    const at = next;
    next = (next + bytes + 64 + 15) & ~15; // a gap that nobody may write to
    return at;
  };
  const floats = (at: number, count: number) => new Float32Array(memory.buffer, at, count);
  return {
    kernels,
    room,
    floats,
    bytes: (at: number, count: number) => new Uint8Array(memory.buffer, at, count),
    doubles: (at: number, count: number) => new Float64Array(memory.buffer, at, count),
    put(values: ArrayLike<number>): number {
      const at = room(4 * values.length);
      floats(at, values.length).set(values);
      return at;
    },
    /** Whether the gap after so many bytes is as it was. */
    intact: (at: number, bytes: number) => new Uint8Array(memory.buffer, at + bytes, 16).every((byte) => byte === 0xaa),
  };
}

/** One image and many, blocks of tiles that are full, partly full and shared by images, narrow and wide. */
const SIZES: readonly (Sizes & { readonly way: "winograd" | "direct" })[] = [
  { n: 1, h: 2, w: 2, c: 4, f: 8, way: "winograd" },
  { n: 50, h: 2, w: 2, c: 4, f: 8, way: "winograd" },
  { n: 7, h: 4, w: 6, c: 12, f: 16, way: "winograd" },
  { n: 2, h: 14, w: 20, c: 8, f: 24, way: "winograd" },
  { n: 3, h: 4, w: 4, c: 96, f: 8, way: "winograd" },
  { n: 3, h: 5, w: 4, c: 1, f: 8, way: "direct" },
  { n: 2, h: 6, w: 12, c: 2, f: 16, way: "direct" },
  { n: 2, h: 8, w: 8, c: 3, f: 32, way: "direct" },
];

for (const [variant, module] of VARIANTS) {
  for (const { way, ...sizes } of SIZES) {
    const { n, h, w, c, f } = sizes;
    Deno.test(`${way} kernels convolve ${n}×${h}×${w}×${c} to ${f} channels: ${variant}`, () => {
      const { kernels, room, floats, put, intact } = fresh(module);
      const x = numbers(n * h * w * c, "x");
      const filter = numbers(9 * c * f, "filter");
      const dy = numbers(n * h * w * f, "dy");
      const scratchBytes = kernels[`${way}Scratch`](h, w, c, f);
      const [xAt, filterAt, dyAt] = [x, filter, dy].map(put) as [number, number, number];
      const [y, slope, scratch] = [room(4 * dy.length), room(4 * filter.length), room(scratchBytes)];
      kernels[`${way}Conv`](xAt, filterAt, y, n, h, w, c, f, scratch);
      assert(relativeError(floats(y, dy.length), plainConv(sizes, x, filter)) < 1e-6);
      assert(intact(y, 4 * dy.length) && intact(scratch, scratchBytes));
      kernels[`${way}Filter`](xAt, dyAt, slope, n, h, w, c, f, scratch);
      assert(relativeError(floats(slope, filter.length), plainFilter(sizes, x, dy)) < 1e-6);
      assert(intact(slope, 4 * filter.length) && intact(scratch, scratchBytes));
      assertEquals([floats(xAt, x.length), floats(filterAt, filter.length), floats(dyAt, dy.length)], [x, filter, dy]);
    });
  }

  Deno.test(`pool kernels take the first of equal maxima and send back: ${variant}`, () => {
    const { kernels, room, floats, bytes, put, intact } = fresh(module);
    const [n, h, w, c] = [2, 5, 7, 8];
    const x = numbers(n * h * w * c, "x").map((value) => Math.round(2 * value)); // many are equal
    const pooledSize = n * 2 * 3 * c;
    const dy = numbers(pooledSize, "dy");
    const [pooled, where, back, again] = [4 * pooledSize, pooledSize, 4 * x.length, 4 * pooledSize].map(room) as [
      ...[number, number, number, number],
    ];
    kernels.pool(put(x), pooled, where, n, h, w, c);
    kernels.unpool(put(dy), where, back, n, h, w, c);
    kernels.repool(back, where, again, n, h, w, c);
    const expected = new Float32Array(x.length);
    for (let at = 0; at < pooledSize; at++) {
      const [k, j, i, image] = [at % c, Math.floor(at / c) % 3, Math.floor(at / c / 3) % 2, Math.floor(at / c / 6)];
      const window = [0, 1, w, w + 1].map((step) => ((image * h + 2 * i) * w + 2 * j + step) * c + k);
      const most = Math.max(...window.map((from) => x[from]!));
      const first = window.findIndex((from) => x[from] === most);
      assertEquals([floats(pooled, pooledSize)[at], bytes(where, pooledSize)[at]], [most, first]);
      expected[window[first]!] = dy[at]!;
    }
    assertEquals(floats(back, x.length), expected);
    assertEquals(floats(again, pooledSize), dy);
    assert(intact(pooled, 4 * pooledSize) && intact(where, pooledSize) && intact(back, 4 * x.length));
  });

  Deno.test(`kernels of channels and of single numbers: ${variant}`, () => {
    const { kernels, room, floats, doubles, put, intact } = fresh(module);
    const [rows, c] = [150, 12];
    const [x, y] = [numbers(rows * c, "x"), numbers(rows * c, "y")];
    const out = room(16 * c);
    kernels.dots(put(x), put(y), out, rows, c);
    const sums = new Float64Array(2 * c);
    x.forEach((value, at) => {
      sums[at % c]! += value * y[at]!;
      sums[c + at % c]! += value;
    });
    assert(relativeError(doubles(out, 2 * c), sums) < 1e-14);
    assert(intact(out, 16 * c));

    const [factorsAt, shiftsAt, mapped] = [put(numbers(c, "a")), put(numbers(c, "b")), room(4 * x.length)];
    for (const shift of [shiftsAt, 0]) {
      kernels.affine(put(x), factorsAt, shift, mapped, rows, c);
      const [factors, shifts] = [floats(factorsAt, c), shift === 0 ? new Float32Array(c) : floats(shiftsAt, c)];
      // Each step rounds to float32.
      assertEquals(floats(mapped, x.length), x.map((v, at) => Math.fround(v * factors[at % c]!) + shifts[at % c]!));
    }
    assert(intact(mapped, 4 * x.length));

    const edges = Float32Array.of(1, -1, 0, -0, NaN, Infinity, -Infinity);
    const gated = room(4 * edges.length);
    kernels.gate(put([1, 2, 3, 4, 5, 6, 7]), put(edges), gated, edges.length);
    assertEquals([...floats(gated, edges.length)], [1, 0, 0, 0, 5, 6, 0]);

    const [a, b] = [numbers(13, "a"), numbers(13, "b")];
    const formulas = {
      add: (i: number) => a[i]! + b[i]!,
      sub: (i: number) => a[i]! - b[i]!,
      mul: (i: number) => a[i]! * b[i]!,
      scale: (i: number) => a[i]! * 0.75,
    };
    for (const [name, formula] of Object.entries(formulas)) {
      const result = room(4 * a.length);
      kernels[name as keyof typeof formulas](put(a), name === "scale" ? 0.75 : put(b), result, a.length);
      assertEquals(floats(result, a.length), a.map((_, i) => formula(i)));
      assert(intact(result, 4 * a.length));
    }
    assert(intact(gated, 4 * edges.length));

    const kept = room(4 * edges.length);
    kernels.relu(put(edges), kept, edges.length);
    assertEquals([...floats(kept, edges.length)].map((v) => v === 0 ? 0 : v), [1, 0, 0, 0, NaN, Infinity, 0]);
    assert(intact(kept, 4 * edges.length));
  });

  for (const c of [1, 3, 4, 7, 16]) {
    Deno.test(`kernels of layers with one vector a clip, of ${c} channels: ${variant}`, () => {
      const { kernels, room, floats, put, intact } = fresh(module);
      const [groups, rows] = [3, 21];
      const x = numbers(groups * rows * c, "x");
      const [b, w] = [numbers(c, "b"), numbers(c * 5, "w")];

      const shifted = room(4 * x.length);
      kernels.bias(put(x), put(b), shifted, groups * rows, c);
      assertEquals(floats(shifted, x.length), x.map((v, at) => v + b[at % c]!));

      const means = room(4 * groups * c);
      kernels.mean(put(x), means, groups, rows, c);
      const expected = Float64Array.from({ length: groups * c }, (_, at) => {
        const [group, k] = [Math.floor(at / c), at % c];
        return numbers(rows, "").reduce((sum, _, i) => sum + x[(group * rows + i) * c + k]!, 0) / rows;
      });
      assertEquals(floats(means, groups * c), Float32Array.from(expected));

      const product = room(4 * groups * rows * 5);
      kernels.matMul(put(x), put(w), product, groups * rows, c, 5);
      const sums = Float64Array.from({ length: groups * rows * 5 }, (_, at) => {
        const [row, n] = [Math.floor(at / 5), at % 5];
        return b.reduce((sum, _, k) => sum + x[row * c + k]! * w[k * 5 + n]!, 0);
      });
      assert(relativeError(floats(product, sums.length), sums) < 1e-6);
      assert(intact(shifted, 4 * x.length) && intact(means, 4 * groups * c) && intact(product, 4 * sums.length));
    });
  }

  Deno.test(`copies take runs of any length from anywhere to anywhere: ${variant}`, () => {
    const { kernels, room, floats, bytes, put, intact } = fresh(module);
    const x = numbers(4000, "x");
    for (const run of [1, 3, 4, 7, 128, 200]) {
      const [n, steps] = [[2, 1, 3, 2], [2 * run + 1, 0, run, 5]] as const;
      const outSteps = [6 * run, 0, 2 * run, run] as const;
      const length = 12 * run + 2;
      const out = room(4 * length);
      kernels.clear(out, 4 * length);
      kernels.copy(
        ...[put(x), 12, out, 4, 4 * run] as const,
        ...n,
        ...steps.map((step) => 4 * step) as [number, number, number, number],
        ...outSteps.map((step) => 4 * step) as [number, number, number, number],
      );
      const expected = new Float32Array(length);
      for (let at = 0; at < 12 * run; at++) {
        const [i, k, l, r] = [
          Math.floor(at / (6 * run)),
          Math.floor(at / (2 * run)) % 3,
          Math.floor(at / run) % 2,
          at % run,
        ];
        expected[1 + at] = x[3 + i * steps[0] + k * steps[2] + l * steps[3] + r]!;
      }
      assertEquals(floats(out, length), expected);
      assert(intact(out, 4 * length));
    }
    const cleared = room(8);
    kernels.clear(cleared, 5);
    assertEquals([...bytes(cleared, 8)], [0, 0, 0, 0, 0, 0xaa, 0xaa, 0xaa]);
  });
}

Deno.test("the modules bring no data of their own into the memory that they share", () => {
  for (const [, module] of VARIANTS) {
    const bytes = Uint8Array.fromBase64(module);
    assertEquals(WebAssembly.Module.imports(new WebAssembly.Module(bytes)), [
      { module: "env", name: "memory", kind: "memory" },
    ] as WebAssembly.ModuleImportDescriptor[]);
    const sections: number[] = [];
    for (let at = 8; at < bytes.length;) {
      sections.push(bytes[at++]!);
      let [size, shift] = [0, 0];
      do {
        size |= (bytes[at]! & 127) << shift;
        shift += 7;
      } while (bytes[at++]! & 128);
      at += size;
    }
    assert(!sections.includes(8) && !sections.includes(11), `start or data among sections ${sections}`);
  }
});

Deno.test("makeNative() takes the first module that the engine knows, and none other", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const broken = Uint8Array.of(0, 1, 2).toBase64();
  assert("winogradConv" in makeNative(memory, [broken, NATIVE_MODULES.plain]));
  assertThrows(() => makeNative(memory, [broken]), Error, "no 128-bit SIMD");
});

Deno.test({
  ...needs(Deno.build.os !== "windows", "sources have other line ends there", "modules.ts is what its sources give"),
  async fn() {
    assertEquals(await compileKernels(), await Deno.readTextFile(`${KERNEL_SOURCES}/modules.ts`));
  },
});
