import * as Plot from "@observablehq/plot";
import { drawPlot } from "../../lib/eval/mod.ts";
import type { BenchRow } from "./bench_rows.ts";

/** A row of `bench_scaling.ts`: a row of the bench and what was varied. */
export interface ScalingRow extends BenchRow {
  readonly figure: "tasks" | "predict" | "memory";
  /** Workers that shared the tasks, or processes that predicted side by side. */
  readonly cores: number;
  readonly tasks?: number;
  readonly frames?: number;
  readonly size?: number;
  /** Clips of one call of predict. */
  readonly batch?: number;
}

/** Points joined by a line with a name at its end. */
interface Line {
  readonly name: string;
  /** Number of its colour, from 1. */
  readonly color: number;
  /** Lines in pairs: the upper one of each dashed. */
  readonly dashed?: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** Colours for light and dark; a file shown as an image sees no style sheet but its own. */
const STYLE = `<style>
svg { color: #1d2126; background: #fdfdfc !important; --s1: #0b6bb5; --s2: #8a5a00; --s3: #2e7d32; --s4: #8e24aa;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) { svg { color: #e6e9ec; background: #14171a !important; --s1: #5cb0f2; --s2: #e0a63c; --s3: #81c784;
  --s4: #d69be6; } }
</style>`;

/** A file of one figure. */
function figureFile(
  label: string,
  lines: readonly Line[],
  { x, y }: { readonly x: Plot.ScaleOptions; readonly y: Plot.ScaleOptions },
): string {
  const marks = lines.flatMap(({ name, color, dashed, points }) => {
    const stroke = `var(--s${color})`;
    const sorted = [...points].sort((a, b) => a.x - b.x);
    return [
      Plot.line(sorted, { x: "x", y: "y", stroke, strokeWidth: 2, ...(dashed && { strokeDasharray: "5 4" }) }),
      Plot.dot(sorted, { x: "x", y: "y", fill: stroke, r: 3 }),
      Plot.text(sorted.slice(-1), {
        x: "x",
        y: "y",
        text: () => name,
        textAnchor: "start",
        dx: 9,
        dy: dashed === undefined ? 0 : dashed ? -6 : 6,
        fill: stroke,
      }),
    ];
  });
  const svg = drawPlot(label, {
    ...{ width: 680, height: 340, marginTop: 34, marginLeft: 56, marginBottom: 42, marginRight: 150 },
    ...{ x, y: { grid: true, ...y }, marks },
  });
  return `${svg.replace(/^<svg[^>]*>/, (open) => `${withNamespace(open)}${STYLE}`)}\n`;
}

/** A file, unlike an element of a page, must say what it is. */
function withNamespace(open: string): string {
  return open.includes("xmlns=") ? open : open.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
}

/** The different values of rows, in the order met. */
function valuesOf<T>(rows: readonly ScalingRow[], value: (row: ScalingRow) => T): T[] {
  return [...new Set(rows.map(value))];
}

/** An axis of powers of two, a tick at each value. */
function doubling(label: string, ticks: readonly number[]): Plot.ScaleOptions {
  return { type: "log", base: 2, label, ticks: [...ticks], tickFormat: String };
}

const figure = (rows: readonly ScalingRow[], name: ScalingRow["figure"]) => rows.filter((row) => row.figure === name);

function tasksFigure(all: readonly ScalingRow[]): string {
  const rows = figure(all, "tasks");
  const kinds = valuesOf(rows, ({ what, workload }) => `${what} ${workload}`);
  const lines = kinds.flatMap((kind, i) => {
    const own = rows.filter(({ what, workload }) => `${what} ${workload}` === kind);
    return valuesOf(own, ({ cores }) => cores).map((cores): Line => ({
      ...{ name: `${kind}, ${cores} worker${cores === 1 ? "" : "s"}`, color: i + 1, dashed: cores === 1 },
      points: own.filter((row) => row.cores === cores).map(({ tasks, ms }) => ({ x: tasks!, y: ms / 1e3 })),
    }));
  });
  return figureFile("Seconds of a meta-batch against its tasks", lines, {
    x: doubling("tasks of a meta-batch", valuesOf(rows, ({ tasks }) => tasks!)),
    y: { type: "log", label: "seconds of a meta-batch", tickFormat: String },
  });
}

function predictFigure(all: readonly ScalingRow[]): string {
  const rows = figure(all, "predict");
  const lines = valuesOf(rows, ({ cores }) => cores).map((cores, i): Line => ({
    ...{ name: `${cores} process${cores === 1 ? "" : "es"}`, color: i + 1 },
    // All processes together.
    points: rows.filter((row) => row.cores === cores).map(({ batch, ms }) => ({
      x: batch!,
      y: cores * batch! / ms * 1e3,
    })),
  }));
  return figureFile("Clips predicted a second against the clips of a call", lines, {
    x: doubling("clips of a call", valuesOf(rows, ({ batch }) => batch!)),
    y: { zero: true, label: "clips a second" },
  });
}

function memoryFigure(all: readonly ScalingRow[]): string {
  const rows = figure(all, "memory");
  const lines = valuesOf(rows, ({ frames }) => frames!).map((frames, i): Line => ({
    ...{ name: `${frames} frame${frames === 1 ? "" : "s"}`, color: i + 1 },
    points: rows.filter((row) => row.frames === frames).map((row) => ({ x: row.size!, y: row.peak_mb })),
  }));
  return figureFile("Peak memory of a second-order meta-gradient against the side of a frame", lines, {
    x: { label: "side of a frame, pixels", ticks: valuesOf(rows, ({ size }) => size!), tickFormat: String },
    y: { zero: true, label: "peak memory, MB" },
  });
}

/**
 * Draws the figures of `bench_scaling.ts`.
 *
 * @param rows What was measured.
 * @returns SVG files by name; each carries its colours for light and dark.
 */
export function scalingPlots(rows: readonly ScalingRow[]): Record<`scaling-${ScalingRow["figure"]}.svg`, string> {
  return {
    "scaling-tasks.svg": tasksFigure(rows),
    "scaling-predict.svg": predictFigure(rows),
    "scaling-memory.svg": memoryFigure(rows),
  };
}
