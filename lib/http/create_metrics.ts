/** Values of a metric's labels, by name; from small closed sets, and never about a person. */
export type Labels = Readonly<Record<string, string>>;

/** Numbers that a server tells about itself. The same name always means the same metric. */
export interface Metrics {
  /** A count that only grows; returns what adds to it, 1 by default. */
  counter(name: string, help: string): (labels?: Labels, by?: number) => void;
  /** A count that somebody else keeps, read when somebody asks. */
  counterOf(name: string, help: string, read: () => number): void;
  /** A value that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number, labels?: Labels): void;
  /** A distribution in buckets; returns what observes a value. */
  histogram(name: string, help: string, buckets: readonly number[]): (value: number, labels?: Labels) => void;
  /** Everything in the text format of Prometheus, version 0.0.4. */
  render(): string;
}

interface Family {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  lines(name: string): string[];
}

interface Distribution {
  readonly counts: number[];
  sum: number;
  count: number;
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Labels as they stand behind a name; the same labels in any order give the same text. */
function labelText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.map((name) => `${name}="${escape(labels[name]!)}"`).join(",");
}

function sample(name: string, labels: string, value: number): string {
  const text = value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
  return `${name}${labels === "" ? "" : `{${labels}}`} ${text}`;
}

function counterFamily(help: string) {
  const values = new Map<string, number>();
  const lines = (name: string) => [...values].map(([labels, value]) => sample(name, labels, value));
  const add = (labels: Labels = {}, by = 1) => {
    const key = labelText(labels);
    values.set(key, (values.get(key) ?? 0) + by);
  };
  return { type: "counter", help, lines, add } as const;
}

function readFamily(type: "counter" | "gauge", help: string) {
  const readers = new Map<string, () => number>();
  const lines = (name: string) => [...readers].map(([labels, read]) => sample(name, labels, read()));
  return { type, help, lines, readers } as const;
}

function histogramFamily(help: string, buckets: readonly number[]) {
  const bounds = [...buckets, Infinity];
  const values = new Map<string, Distribution>();
  const observe = (value: number, labels: Labels = {}) => {
    const key = labelText(labels);
    const distribution = values.get(key) ?? { counts: bounds.map(() => 0), sum: 0, count: 0 };
    values.set(key, distribution);
    distribution.counts[bounds.findIndex((bound) => value <= bound)]!++;
    distribution.sum += value;
    distribution.count++;
  };
  const lines = (name: string) =>
    [...values].flatMap(([labels, { counts, sum, count }]) => {
      let below = 0;
      const parts = bounds.map((bound, i) => {
        const le = `le="${bound === Infinity ? "+Inf" : bound}"`;
        return sample(`${name}_bucket`, labels === "" ? le : `${labels},${le}`, below += counts[i]!);
      });
      return [...parts, sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, count)];
    });
  return { type: "histogram", help, lines, observe } as const;
}

/**
 * Makes a registry of metrics, empty.
 *
 * @returns The registry.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "./mod.ts";
 * const metrics = createMetrics();
 * metrics.counter("clips_total", "Clips.")({ kind: "micro" }, 2);
 * assertEquals(metrics.render(), '# HELP clips_total Clips.\n# TYPE clips_total counter\nclips_total{kind="micro"} 2\n');
 * ```
 *
 * Source: Prometheus, Exposition formats, text-based format 0.0.4
 */
export function createMetrics(): Metrics {
  const families = new Map<string, Family>();

  function family<T extends Family>(name: string, type: Family["type"], make: () => T): T {
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) {
      throw new RangeError(`Cannot make a metric: expected a name of letters, digits and _, got ${name}`);
    }
    const known = families.get(name);
    if (known !== undefined && known.type !== type) {
      throw new RangeError(`Cannot make the ${type} ${name}: it is a ${known.type} already`);
    }
    const made = known ?? make();
    families.set(name, made);
    return made as T;
  }

  return {
    counter: (name, help) => family(name, "counter", () => counterFamily(help)).add,
    counterOf(name, help, read) {
      family(name, "counter", () => readFamily("counter", help)).readers.set("", read);
    },
    gauge(name, help, read, labels = {}) {
      family(name, "gauge", () => readFamily("gauge", help)).readers.set(labelText(labels), read);
    },
    histogram: (name, help, buckets) => family(name, "histogram", () => histogramFamily(help, buckets)).observe,
    render() {
      const blocks = [...families].map(([name, family]) => {
        const help = family.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
        return [`# HELP ${name} ${help}`, `# TYPE ${name} ${family.type}`, ...family.lines(name)].join("\n");
      });
      return blocks.map((block) => `${block}\n`).join("");
    },
  };
}
