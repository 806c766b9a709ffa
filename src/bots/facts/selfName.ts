/**
 * Programs that say what they are, at the start of the user agent. What apps use to speak to their own server (okhttp,
 * Dart, CFNetwork, WinHTTP) is not here: a person may sit in front of it.
 */
const toolAtStart =
  /^(?:(?:curl|wget|wget2|httpie|xh|aria2|lwp|libwww-perl|lwp-request|www-mechanize|mechanize|python|python-requests|python-urllib|python-httpx|aiohttp|httpx|scrapy|go-http-client|java|jakarta commons-httpclient|apache-httpclient(?!\/unavailable)|apache-httpasyncclient|node|node-fetch|node\.js|undici|axios|superagent|deno|ruby|faraday|typhoeus|rest-client|guzzlehttp|php|symfony httpclient|pear|powershell|reqwest|ureq|isahc|colly|resty|fasthttp|postmanruntime|insomnia|apachebench|wrk|vegeta|jmeter|gatling|locust|masscan|zgrab|nuclei|nikto|sqlmap|wpscan|gobuster|ffuf|feroxbuster|dirbuster|dirb|wfuzz|nmap|httrack|webcopier|whatweb|arachni|w3af|acunetix|openvas|zmeu|jorgee|fuzz faster)(?:$|[/ ;(+v_-])|(?:axel|bun|got|hey|hyper|k6|needle|siege)(?:$|\/| \())/i;

/** Programs that name themselves inside a browser's sentence. */
const toolInside =
  /HeadlessChrome|HeadlessEdg|PhantomJS|SlimerJS|Electron-Headless|Selenium|WebDriver|Puppeteer|Playwright|Cypress\/|Nikto|sqlmap|Nmap Scripting Engine|WPScan|OpenVAS|Acunetix|Nessus|masscan|zgrab|Scrapy|HTTrack|python-requests|Go-http-client/i;

/** The form in which crawlers alone present themselves: `(compatible; Googlebot/2.1`, `+https://example.com/bot`. */
const crawlerForm =
  /compatible; ?[^;()]{0,60}(?:bot|crawler|spider)(?:\b|[_/])|\+https?:\/\/|facebookexternalhit|feedfetcher|Chrome-Lighthouse/i;

/** A name alone: `Twitterbot/1.0`, `360Spider`. */
const crawlerName = /bot(?:\b|[_/])|(?:crawler|spider)(?:\b|[_/])/i;

/** Apple's network stack below an app. */
const appleApp = /\bCFNetwork\//;

/** Telephones name their model and apps themselves here, and any of them may be called something with `bot`. */
const personsDevice = /\bAndroid\b|\biPhone\b|\biPad\b|\biOS\b/;

/**
 * What a user agent openly says its sender is, in so many words; null: nothing of the kind. A person's browser or app
 * must come out as null whatever it, its telephone, or its owner's mail address is called.
 */
export function selfNameOf(userAgent: string): 'tool' | 'crawler' | null {
  const isAppleApp = appleApp.test(userAgent);
  if (toolInside.test(userAgent) || (!isAppleApp && toolAtStart.test(userAgent))) return 'tool';
  if (crawlerForm.test(userAgent)) return 'crawler';
  return !isAppleApp && !personsDevice.test(userAgent) && crawlerName.test(userAgent) ? 'crawler' : null;
}
