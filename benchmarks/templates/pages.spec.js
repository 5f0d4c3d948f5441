const { test, expect } = require('@playwright/test');
const pages = require('./pages.json').slice(0, Number(process.env.BENCH_PAGES) || undefined);

for (const { name, url } of pages) {
  test(name, async ({ page }) => {
    await page.goto(url);
    await expect(page).toHaveScreenshot(`${name}.png`);
  });
}
