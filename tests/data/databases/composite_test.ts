import { assertEquals } from "@std/assert";
import { applyLabelSet, type ClipListing, readDatabase, readFrames, readLabelSet } from "../../../lib/data/mod.ts";
import { allCasme2Rows, casme2Files } from "./_util/casme2.ts";
import { withFiles } from "./_util/files.ts";
import { labels, persons } from "./_util/messages.ts";
import { allSammRows, sammFiles } from "./_util/samm.ts";
import { allSmicClips, smicFiles } from "./_util/smic.ts";

/** Full-structure copies of the three databases of MEGC2019, listed once. */
const [smic, casme2, samm, decoded] = await withFiles({
  ...smicFiles(allSmicClips()),
  ...casme2Files(allCasme2Rows(), { extra: [[9, "EP02_02f"], [24, "EP02_07"]] }),
  ...sammFiles(allSammRows()),
}, async (root): Promise<[ClipListing, ClipListing, ClipListing, string[]]> => {
  const listings = [
    await readDatabase("smic", `${root}/SMIC_all_cropped`),
    await readDatabase("casme2", `${root}/Cropped`),
    await readDatabase("samm", `${root}/SAMM`),
  ] as const;
  const shapes = await Promise.all(listings.map(async ({ entries: [entry] }) => {
    const { length, read } = await readFrames(entry!.path, { onset: entry!.onset, offset: entry!.offset });
    const { width, height, channels } = await read(0);
    return `${length} of ${width} x ${height} x ${channels}`;
  }));
  return [...listings, shapes];
});

Deno.test("the composite's fixtures have the databases' numbers of clips and subjects", () => {
  assertEquals([smic.entries.length, persons(smic).length, smic.findings.length], [164, 16, 0]);
  assertEquals([casme2.entries.length, persons(casme2).length], [245, 26]);
  assertEquals([samm.entries.length, persons(samm).length, samm.findings.length], [159, 29, 2]);
  assertEquals(labels(samm), {
    ...{ anger: 57, others: 26, happiness: 26, surprise: 15, contempt: 12, disgust: 9, fear: 8, sadness: 6 },
  });
  // 255 rows: one of others and nine of fear and sadness have no folder; two folders have no row.
  assertEquals(casme2.findings.filter(({ message }) => message.includes("no folder of frames")).length, 10);
  assertEquals(casme2.findings.filter(({ message }) => message.includes("without a row")).length, 2);
});

Deno.test("the composite's windows are read as they are listed, grey JPEG and colour BMP alike", () => {
  assertEquals(decoded, ["5 of 8 x 8 x 3", "5 of 8 x 8 x 1", "5 of 8 x 8 x 1"]);
});

Deno.test("applyLabelSet() with megc3 gives 164, 145 and 133 clips of 16, 24 and 28 subjects", async () => {
  const megc3 = await readLabelSet("megc3");
  const parts = [smic, casme2, samm].map((listing) => applyLabelSet(listing, megc3).listing);
  assertEquals(parts.map((part) => [labels(part), part.entries.length, persons(part).length]), [
    [{ negative: 70, positive: 51, surprise: 43 }, 164, 16],
    [{ negative: 88, positive: 32, surprise: 25 }, 145, 24],
    [{ negative: 92, positive: 26, surprise: 15 }, 133, 28],
  ]);
  assertEquals(parts.map(({ notes }) => notes!.filter((note) => note.includes("published"))), [[], [], []]);
});

Deno.test("applyLabelSet() with megc3 joins them into 442 clips of 68 persons with unique ids", async () => {
  const { listing, leftOut } = applyLabelSet([smic, casme2, samm], await readLabelSet("megc3"));
  assertEquals([listing.database, listing.entries.length, persons(listing).length], ["smic+casme2+samm", 442, 68]);
  assertEquals(labels(listing), { negative: 250, positive: 109, surprise: 83 });
  assertEquals(new Set(listing.entries.map(({ id }) => id)).size, 442);
  const ids = new Set(listing.entries.map(({ id }) => id));
  assertEquals(["casme2/sub04/EP12_01f", "casme2/sub05/EP09_05f"].filter((id) => ids.has(id)), []);
  // Apexes that are the offset, or impossible, do not lead out of the set.
  const kept = ["casme2/sub12/EP09_06", "samm/028/028_4_1", "samm/032/032_3_1"];
  assertEquals(kept.filter((id) => !ids.has(id)), []);
  assertEquals(leftOut.map(({ database, label, count }) => [database, label, count]), [
    ["casme2", "disgust", 1],
    ["casme2", "disgust", 1],
    ["casme2", "others", 98],
    ["samm", "others", 26],
  ]);
  assertEquals(listing.findings.length, casme2.findings.length + samm.findings.length);
});

Deno.test("applyLabelSet() with 5 gives CASME II's and SAMM's five classes", async () => {
  const five = await readLabelSet("5");
  const other = applyLabelSet(samm, five).listing;
  assertEquals(labels(other), { anger: 57, happiness: 26, others: 26, surprise: 15, contempt: 12 });
  assertEquals([persons(other).length, other.notes], [27, []]);
  const own = applyLabelSet(casme2, five).listing;
  assertEquals(labels(own), { happiness: 32, surprise: 25, disgust: 63, repression: 27, others: 98 });
  assertEquals(own.notes, ["casme2 gives 245 clips for 5, the published set has 246"]);
});
