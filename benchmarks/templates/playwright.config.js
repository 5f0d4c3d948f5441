const { chromium, flags, viewport: [width, height] } = require('./browser.json');

module.exports = {
  testDir: '.',
  fullyParallel: true,
  reporter: [['json', { outputFile: 'result.json' }]],
  use: {
    viewport: { width, height },
    launchOptions: { executablePath: chromium, args: flags },
  },
};
