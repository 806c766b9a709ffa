// One Node client, many libraries: visit.cjs LIBRARY USER-AGENT PAUSE-MS URL...
const [library, agent, pause, ...urls] = process.argv.slice(2);
const headers = agent ? { 'User-Agent': agent } : {};

async function each(fetchOne) {
  for (const [index, url] of urls.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, Number(pause)));
    try {
      await fetchOne(url);
    } catch (error) {
      console.error(library, error.message);
    }
  }
  process.exit(0);
}

function core(url, options) {
  return new Promise((resolve, reject) => {
    const { get } = require(url.startsWith('https') ? 'node:https' : 'node:http');
    get(url, { headers, ...options }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}

function http2Session() {
  const { connect } = require('node:http2');
  const sessions = new Map();
  return (url) =>
    new Promise((resolve, reject) => {
      const { origin, pathname, search } = new URL(url);
      if (!sessions.has(origin)) sessions.set(origin, connect(origin));
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const stream = sessions.get(origin).request({ ':path': pathname + search, ...lower });
      stream.on('end', resolve).on('error', reject).resume().end();
    });
}

const read = (answer) => answer.arrayBuffer?.() ?? answer.text?.();
const libraries = {
  fetch: () => each(async (url) => read(await fetch(url, { headers }))),
  http: () => each((url) => core(url, {})),
  'http-close': () => each((url) => core(url, { agent: false })),
  http2: () => each(http2Session()),
  undici: async () => {
    const { request, Agent } = await import('undici');
    const dispatcher = new Agent({ allowH2: true });
    await each(async (url) => (await request(url, { headers, dispatcher })).body.dump());
  },
  axios: async () => {
    const { default: axios } = await import('axios');
    await each((url) => axios.get(url, { headers, validateStatus: () => true }));
  },
  got: async () => {
    const { default: got } = await import('got');
    await each((url) => got(url, { headers, throwHttpErrors: false, retry: { limit: 0 } }));
  },
  'got-h2': async () => {
    const { default: got } = await import('got');
    await each((url) => got(url, { headers, http2: true, throwHttpErrors: false, retry: { limit: 0 } }));
  },
  'node-fetch': async () => {
    const { default: fetchOf } = await import('node-fetch');
    await each(async (url) => read(await fetchOf(url, { headers })));
  },
  superagent: async () => {
    const { default: superagent } = await import('superagent');
    await each((url) =>
      superagent
        .get(url)
        .set(headers)
        .ok(() => true),
    );
  },
  'got-scraping': async () => {
    const { gotScraping } = await import('got-scraping');
    await each((url) => gotScraping({ url, throwHttpErrors: false, retry: { limit: 0 } }));
  },
  'impit-chrome': () => impit('chrome'),
  'impit-firefox': () => impit('firefox'),
  wreq: async () => {
    const wreq = await import('wreq-js');
    const names = agent ? agent.split(',') : ['chrome_142'];
    const [browser, os] = names;
    await each((url) => wreq.fetch(url, { browser, ...(os ? { os } : {}), insecure: true }).then(read));
  },
};

async function impit(browser) {
  const { Impit } = await import('impit');
  const client = new Impit({ browser, ignoreTlsErrors: true });
  await each(async (url) => read(await client.fetch(url)));
}

libraries[library]();
