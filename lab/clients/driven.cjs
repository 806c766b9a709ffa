// Browsers under a program: driven.cjs puppeteer|playwright headless|headed|old BEHAVIOUR USER-AGENT CHROMIUM URL
const [driver, mode, behaviour, agent, executablePath, url] = process.argv.slice(2);
const args = ['--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', '--disable-quic', '--no-first-run'];
const pause = (forMs) => new Promise((resolve) => setTimeout(resolve, forMs));

async function open() {
  const headless = mode !== 'headed';
  if (driver.startsWith('puppeteer')) {
    const { default: puppeteer } = await import('puppeteer-core');
    const launch = { executablePath, headless, acceptInsecureCerts: true };
    const browser = await puppeteer.launch(
      driver === 'puppeteer' ? { ...launch, args } : { ...launch, browser: 'firefox' },
    );
    const page = await browser.newPage();
    if (agent) await page.setUserAgent(agent);
    return { browser, page, wait: 'load' };
  }
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, headless, args });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...(agent ? { userAgent: agent } : {}) });
  return { browser, page: await context.newPage(), wait: 'load' };
}

async function run() {
  const { browser, page, wait } = await open();
  const go = (to) => page.goto(to, { waitUntil: wait, timeout: 30_000 }).catch((error) => console.error(error.message));
  await go(url);
  if (behaviour === 'crawl') {
    const links = await page.$$eval('a', (list) => list.map((one) => one.href).slice(0, 8));
    for (const link of links) await go(link);
  } else if (behaviour === 'scrape') {
    for (let number = 1; number <= 10; number++) {
      await pause(400);
      await go(new URL(`/products/${number}`, url).href);
    }
  } else if (behaviour === 'click') {
    await pause(700);
    for (const place of ['a.first', 'a.second']) {
      await page.click(place).catch(() => {});
      await pause(900);
    }
    await page.type?.('input[name=text]', 'box').catch(() => {});
    await page.click('button').catch(() => {});
    await pause(700);
  }
  await browser.close();
}

run().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
