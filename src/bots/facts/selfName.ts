/** Programs that say what they are, at the start of the user agent. */
const toolAtStart =
  /^(?:curl|wget|wget2|httpie|xh|aria2|axel|lwp|libwww-perl|lwp-request|www-mechanize|mechanize|python|python-requests|python-urllib|python-httpx|aiohttp|httpx|scrapy|go-http-client|java|jakarta commons-httpclient|apache-httpclient|apache-httpasyncclient|okhttp|node|node-fetch|node\.js|undici|axios|got|superagent|needle|deno|bun|ruby|faraday|typhoeus|rest-client|guzzlehttp|php|symfony httpclient|pear|winhttp|microsoft-cryptoapi|powershell|reqwest|hyper|ureq|isahc|dart|colly|resty|fasthttp|restsharp|postmanruntime|insomnia|apachebench|wrk|hey|vegeta|k6|siege|jmeter|gatling|locust|masscan|zgrab|nuclei|nikto|sqlmap|wpscan|gobuster|ffuf|feroxbuster|dirbuster|dirb|wfuzz|nmap|httrack|webcopier|whatweb|arachni|w3af|acunetix|openvas|zmeu|jorgee|fuzz faster)(?:$|[/ ;(+v_-])/i;

/** Programs that name themselves inside a browser's sentence. */
const toolInside =
  /HeadlessChrome|HeadlessEdg|PhantomJS|SlimerJS|Electron-Headless|Selenium|WebDriver|Puppeteer|Playwright|Cypress|Nikto|sqlmap|Nmap Scripting Engine|WPScan|OpenVAS|Acunetix|Nessus|masscan|zgrab|Scrapy|HTTrack|python-requests|Go-http-client/i;

/**
 * A crawler's ways to name itself: `Googlebot/2.1`, `360Spider`, `+https://example.com/bot`, a mail address. CUBOT makes
 * telephones, whose owners are people.
 */
const crawlerName =
  /(?<!\bcu)bot(?:\b|[_/])|(?:crawler|spider)(?:\b|[_/])|\+https?:\/\/|[\w.]@[\w-]{2,40}\.\w{2,}|facebookexternalhit|feedfetcher|lighthouse/i;

/** What a user agent openly says its sender is, in so many words; null: nothing of the kind. */
export function selfNameOf(userAgent: string): 'tool' | 'crawler' | null {
  if (toolAtStart.test(userAgent) || toolInside.test(userAgent)) return 'tool';
  return crawlerName.test(userAgent) ? 'crawler' : null;
}
