// Peers that run on Node: `node node.mjs PEER FOLDER` where FOLDER has them in its node_modules.
// Reads jobs as JSON lines ({expected, actual}, PNG paths), answers each with one line.
// The clock runs from the file names to the verdict; what only the report needs comes after it.

import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [peer, folder] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const OTHER_SIZE = 1e9; // ranks pictures of two sizes as the most different ones

const peers = {
  async pixelmatch() {
    const { default: pixelmatch } = await load("pixelmatch");
    const { PNG } = require("pngjs");
    return async ({ expected, actual, threshold }) => {
      const [a, b] = [expected, actual].map((path) => PNG.sync.read(readFileSync(path)));
      if (a.width !== b.width || a.height !== b.height) {
        return { same: false, score: OTHER_SIZE };
      }
      const count = pixelmatch(a.data, b.data, null, a.width, a.height, { threshold, includeAA: false });
      return { same: count === 0, score: count / (a.width * a.height) };
    };
  },

  async odiff() {
    const { ODiffServer } = require("odiff-bin");
    const server = new ODiffServer();
    const scratch = mkdtempSync(join(tmpdir(), "odiff-"));
    process.on("exit", () => {
      server.stop();
      rmSync(scratch, { recursive: true, force: true });
    });
    const options = { antialiasing: true, failOnLayoutDiff: true, captureDiffLines: true, captureDiffCols: true };
    return async ({ expected, actual }) => {
      const found = await server.compare(expected, actual, join(scratch, "diff.png"), options);
      if (found.match) return { same: true, score: 0, boxes: [] };
      if (found.reason !== "pixel-diff") return { same: false, score: OTHER_SIZE };
      const { diffLines: rows, diffCols: columns } = found;
      const box = [columns[0], rows[0], columns.at(-1) - columns[0] + 1, rows.at(-1) - rows[0] + 1];
      return { same: false, score: found.diffCount, boxes: [box] };
    };
  },

  async "looks-same"() {
    const looksSame = require("looks-same");
    return async ({ expected, actual }) => ({
      same: (await looksSame(expected, actual)).equal,
      async after() {
        if (this.same) return { score: 0, boxes: [] };
        const all = await looksSame(expected, actual, { createDiffImage: true, shouldCluster: true });
        const boxes = all.diffClusters.map(({ left, top, right, bottom }) => [
          left, top, right - left + 1, bottom - top + 1,
        ]);
        return { score: all.differentPixels / all.totalPixels, boxes };
      },
    });
  },

  async playwright() {
    const { utils } = require("playwright-core/lib/coreBundle");
    const compare = utils.getComparator("image/png");
    return async ({ expected, actual }) => {
      const found = compare(readFileSync(actual), readFileSync(expected), {});
      if (!found) return { same: true, score: 0 };
      const count = /(\d+) pixels \(ratio/.exec(found.errorMessage)?.[1] ?? 0;
      const resized = found.errorMessage.startsWith("Expected an image");
      return { same: false, score: (resized ? OTHER_SIZE : 0) + Number(count), note: found.errorMessage };
    };
  },
};

async function answer(compare, job) {
  const start = performance.now();
  try {
    const { after, ...verdict } = await compare(job);
    const milliseconds = performance.now() - start;
    const more = after ? await after.call(verdict) : {};
    return { boxes: null, ...verdict, ...more, milliseconds };
  } catch (error) {
    return { error: `${error}`, milliseconds: performance.now() - start };
  }
}

const compare = await peers[peer]();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(compare, JSON.parse(line))) + "\n");
}
process.exit(0);
