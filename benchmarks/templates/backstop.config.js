const { chromium, flags, viewport: [width, height] } = require('./browser.json');
const pages = require('./pages.json').slice(0, Number(process.env.BENCH_PAGES) || undefined);

module.exports = {
  id: 'bench',
  viewports: [{ label: 'desktop', width, height }],
  scenarios: pages.map(({ name, url }) => ({ label: name, url, selectors: ['viewport'] })),
  paths: {
    bitmaps_reference: 'reference',
    bitmaps_test: 'shots',
    html_report: 'html',
    json_report: 'json',
  },
  report: ['json'],
  engine: 'puppeteer',
  engineOptions: { executablePath: chromium, args: flags },
  asyncCaptureLimit: Number(process.env.BENCH_WORKERS) || 1,
};
