// Compares pictures with one tool of npm: JSON lines in and out, timed in this process.
// node speed_worker.mjs TOOL FOLDER_WITH_NODE_MODULES
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [tool, folder] = process.argv.slice(2);
const require = createRequire(folder + '/package.json');
const load = async (name) => (await import(require.resolve(name))).default;

async function pixelmatch(decode, encode) {
  const match = await load('pixelmatch');
  return async ({ expected, actual, diff }) => {
    const [a, b] = await Promise.all([decode(expected), decode(actual)]);
    const out = diff && new Uint8Array(a.data.length);
    const count = match(a.data, b.data, out, a.width, a.height, { threshold: 0.1 });
    if (diff) await encode(out, a, diff);
    return count === 0;
  };
}

const tools = {
  'pixelmatch-sharp': async () => {
    const sharp = require('sharp');
    const decode = async (path) => {
      const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      return { data, width: info.width, height: info.height };
    };
    return pixelmatch(decode, (data, { width, height }, path) =>
      sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } }).png().toFile(path));
  },
  'pixelmatch-pngjs': async () => {
    const { PNG } = require('pngjs');
    return pixelmatch((path) => PNG.sync.read(readFileSync(path)), (data, { width, height }, path) => {
      const png = new PNG({ width, height });
      png.data = Buffer.from(data.buffer);
      writeFileSync(path, PNG.sync.write(png));
    });
  },
  playwright: async () => {
    const compare = require('playwright-core/lib/coreBundle').utils.getComparator('image/png');
    return async ({ expected, actual, diff }) => {
      const found = compare(readFileSync(actual), readFileSync(expected), {});
      if (diff && found?.diff) writeFileSync(diff, found.diff);
      return !found;
    };
  },
  'looks-same': async () => {
    const looksSame = require('looks-same');
    return async ({ expected, actual, diff }) => {
      if (!diff) return (await looksSame(expected, actual)).equal;
      const found = await looksSame(expected, actual, { createDiffImage: true });
      if (found.diffImage) await found.diffImage.save(diff);
      return found.equal;
    };
  },
  odiff: async () => {
    const { ODiffServer } = require('odiff-bin');
    const server = new ODiffServer();
    return async ({ expected, actual, diff, scratch }) => // it insists on a diff image
      (await server.compare(expected, actual, diff ?? scratch, { antialiasing: true })).match;
  },
};

const compare = await tools[tool]();
for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  const start = performance.now(), busy = process.cpuUsage();
  let answer;
  try {
    const same = await compare(job);
    answer = { same, milliseconds: performance.now() - start };
    const { user, system } = process.cpuUsage(busy);
    if (tool !== 'odiff') answer.cpu = (user + system) / 1000; // its work is in another process
  } catch (error) {
    answer = { error: String(error) };
  }
  answer.peak = process.resourceUsage().maxRSS;
  process.stdout.write(JSON.stringify(answer) + '\n');
}
process.exit(0);
