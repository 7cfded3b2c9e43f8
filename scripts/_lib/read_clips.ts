import type { Config } from "../../lib/config/mod.ts";
import {
  applyLabelSet,
  type ClipEntry,
  type ClipListing,
  type DatabaseName,
  type Finding,
  type LeftOut,
  readDatabase,
  type ReadDatabaseOptions,
  readLabelSet,
  writeSyntheticDataSet,
} from "../../lib/data/mod.ts";
import type { DataSource } from "./data_sources.ts";
import { UsageError } from "./usage_error.ts";

/** The clips of a command line, with everything that is to be said about them. */
export interface PreparedClips {
  /** In the order of the data sets, labels mapped. */
  readonly entries: readonly ClipEntry[];
  /** By database, in the order of the data sets. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  /** Facts that a person should know, a sentence each. */
  readonly notes: readonly string[];
  /** Clips that the label set leaves out, by database, label and reason. */
  readonly leftOut: readonly LeftOut[];
  /** What is kept in the packed file; it names no place on this machine. */
  readonly provenance: unknown;
}

/** Options of {@linkcode readClips}. */
export interface ReadClipsOptions {
  readonly labels: string;
  readonly config: Config;
  /** SMIC's camera, CAS(ME)²'s label column. */
  readonly reading: Pick<ReadDatabaseOptions, "camera" | "labelColumn">;
  readonly signal: AbortSignal;
  /** Told while a synthetic set is rendered. */
  onProgress(done: number, total: number): void;
}

async function listingOf(source: DataSource, options: ReadClipsOptions): Promise<ClipListing> {
  const { dataset, root, annotations } = source;
  const { config, reading, signal, onProgress } = options;
  if (dataset !== "synthetic") {
    try {
      return await readDatabase(dataset as DatabaseName, root, { ...reading, annotations });
    } catch (error) {
      // A file, such as an archive, where a folder belongs.
      if (error instanceof TypeError) throw new UsageError(error.message);
      throw error;
    }
  }
  const { seed, rho, trainSubjects, holdoutSubjects } = config.synthetic;
  const { manifest } = await writeSyntheticDataSet(
    root,
    { seed, rho, trainSubjects, holdoutSubjects, size: config.size, channels: config.inputChannels },
    { signal, onProgress },
  );
  return await readDatabase("manifest", manifest);
}

/** The label set of `--labels`; a wrong name is a wrong flag. */
async function labelSetOf(source: string) {
  try {
    return await readLabelSet(source);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof Deno.errors.NotFound) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}

/**
 * Reads the data sets of a command line and applies the label set.
 *
 * @param sources The data sets in order.
 * @param options Label set and configuration.
 * @returns The clips and what is to be said about them.
 * @throws {UsageError} When the label set is none; what the readers throw.
 */
export async function readClips(sources: readonly DataSource[], options: ReadClipsOptions): Promise<PreparedClips> {
  const labels = await labelSetOf(options.labels);
  const listings: ClipListing[] = [];
  for (const source of sources) listings.push(await listingOf(source, options));
  const { listing, leftOut } = applyLabelSet(listings, labels);
  const findings = new Map<string, Finding[]>();
  for (const { database, findings: some } of listings) {
    if (some.length > 0) findings.set(database, [...(findings.get(database) ?? []), ...some]);
  }
  const name = /\.json$/i.test(labels.name) ? "custom" : labels.name;
  return {
    entries: listing.entries,
    findings,
    notes: listing.notes ?? [],
    leftOut,
    provenance: { datasets: sources.map(({ dataset }) => dataset), labels: name, leftOut },
  };
}
