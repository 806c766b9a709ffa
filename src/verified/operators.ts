import type { BotOperator } from '../contract/verifiedBots.ts';

/**
 * Operators that say how to tell their bots: by names that resolve there and back, by published addresses, by signatures.
 * Facts from their own documentation for webmasters. A domain stands here only if strangers cannot get a name under it:
 * never a cloud's. What is wrong or missing here is corrected in the configuration, under the same name.
 */
export const shippedOperators: readonly BotOperator[] = [
  // Search
  {
    name: 'googlebot',
    category: 'search',
    agents: [
      'Googlebot',
      'Googlebot-Image',
      'Googlebot-Video',
      'Googlebot-News',
      'Storebot-Google',
      'Google-InspectionTool',
      'GoogleOther',
      'Google-CloudVertexBot',
    ],
    domains: ['googlebot.com', 'google.com'],
    ranges: ['https://developers.google.com/static/search/apis/ipranges/googlebot.json'],
  },
  {
    name: 'bingbot',
    category: 'search',
    agents: ['bingbot', 'msnbot', 'msnbot-media', 'adidxbot', 'BingPreview', 'MicrosoftPreview'],
    domains: ['search.msn.com'],
    ranges: ['https://www.bing.com/toolbox/bingbot.json'],
  },
  {
    name: 'applebot',
    category: 'search',
    agents: ['Applebot'],
    domains: ['applebot.apple.com'],
    ranges: ['https://search.developer.apple.com/applebot.json'],
  },
  {
    name: 'duckduckbot',
    category: 'search',
    agents: ['DuckDuckBot', 'DuckDuckBot-Https'],
    ranges: ['https://duckduckgo.com/duckduckbot.json'],
  },
  {
    name: 'yandexbot',
    category: 'search',
    agents: [
      'YandexBot',
      'YandexImages',
      'YandexVideo',
      'YandexMedia',
      'YandexFavicons',
      'YandexMobileBot',
      'YandexRenderResourcesBot',
      'YandexAccessibilityBot',
      'YandexMetrika',
      'YandexWebmaster',
      'YandexDirect',
      'YandexNews',
      'YandexBlogs',
      'YandexPagechecker',
    ],
    domains: ['yandex.ru', 'yandex.net', 'yandex.com'],
  },
  {
    name: 'baiduspider',
    category: 'search',
    agents: ['Baiduspider', 'Baiduspider-render', 'Baiduspider-image'],
    domains: ['baidu.com', 'baidu.jp'],
  },
  {
    name: 'sogou',
    category: 'search',
    agents: ['Sogou web spider', 'Sogou inst spider', 'Sogou Pic Spider'],
    domains: ['sogou.com'],
  },
  { name: 'seznambot', category: 'search', agents: ['SeznamBot'], domains: ['seznam.cz'] },
  { name: 'yahoo-slurp', category: 'search', agents: ['Yahoo! Slurp'], domains: ['crawl.yahoo.net'] },
  { name: 'naver-yeti', category: 'search', agents: ['Yeti'], domains: ['naver.com'] },
  {
    name: 'petalbot',
    category: 'search',
    agents: ['PetalBot', 'AspiegelBot'],
    domains: ['petalsearch.com', 'aspiegel.com'],
  },
  {
    name: 'coccocbot',
    category: 'search',
    agents: ['coccocbot-web', 'coccocbot-image', 'coccocbot'],
    domains: ['coccoc.com'],
  },
  { name: 'qwantbot', category: 'search', agents: ['Qwantbot', 'Qwantify', 'Qwantbot-news'], domains: ['qwant.com'] },
  { name: 'mojeekbot', category: 'search', agents: ['MojeekBot'], domains: ['mojeek.com'] },
  // AI: search, training, assistants
  {
    name: 'oai-searchbot',
    category: 'ai-search',
    agents: ['OAI-SearchBot'],
    ranges: ['https://openai.com/searchbot.json'],
  },
  {
    name: 'perplexitybot',
    category: 'ai-search',
    agents: ['PerplexityBot'],
    ranges: ['https://www.perplexity.com/perplexitybot.json'],
  },
  {
    name: 'duckassistbot',
    category: 'ai-search',
    agents: ['DuckAssistBot'],
    ranges: ['https://duckduckgo.com/duckassistbot.json'],
  },
  { name: 'gptbot', category: 'ai-training', agents: ['GPTBot'], ranges: ['https://openai.com/gptbot.json'] },
  { name: 'amazonbot', category: 'ai-training', agents: ['Amazonbot'], domains: ['crawl.amazonbot.amazon'] },
  {
    name: 'chatgpt-user',
    category: 'ai-assistant',
    agents: ['ChatGPT-User'],
    ranges: ['https://openai.com/chatgpt-user.json'],
  },
  { name: 'chatgpt-agent', category: 'ai-assistant', agents: [], signers: ['https://chatgpt.com'] },
  {
    name: 'perplexity-user',
    category: 'ai-assistant',
    agents: ['Perplexity-User'],
    ranges: ['https://www.perplexity.com/perplexity-user.json'],
  },
  {
    name: 'mistral-user',
    category: 'ai-assistant',
    agents: ['MistralAI-User'],
    ranges: ['https://mistral.ai/mistralai-user-ips.json'],
  },
  // Archives
  {
    name: 'ccbot',
    category: 'archive',
    agents: ['CCBot'],
    domains: ['crawl.commoncrawl.org'],
    ranges: ['https://index.commoncrawl.org/ccbot.json'],
  },
  {
    name: 'internet-archive',
    category: 'archive',
    agents: ['archive.org_bot', 'ia_archiver'],
    domains: ['archive.org'],
  },
  // Fetched for a person: feeds, previews
  {
    name: 'google-fetchers',
    category: 'feed',
    agents: [
      'FeedFetcher-Google',
      'GoogleProducer',
      'Google-Read-Aloud',
      'Google-Site-Verification',
      'Google-Publisher',
    ],
    domains: ['google.com', 'gae.googleusercontent.com'],
    ranges: [
      'https://developers.google.com/static/search/apis/ipranges/user-triggered-fetchers.json',
      'https://developers.google.com/static/search/apis/ipranges/user-triggered-fetchers-google.json',
    ],
  },
  {
    name: 'telegrambot',
    category: 'preview',
    agents: ['TelegramBot'],
    ranges: ['https://core.telegram.org/resources/cidr.txt'],
  },
  { name: 'linkedinbot', category: 'preview', agents: ['LinkedInBot'], domains: ['linkedin.com'] },
  {
    name: 'pinterestbot',
    category: 'preview',
    agents: ['Pinterestbot', 'Pinterest'],
    domains: ['pinterest.com', 'pinterestcrawler.com'],
  },
  // Advertising
  {
    name: 'google-ads',
    category: 'advertising',
    agents: ['AdsBot-Google', 'AdsBot-Google-Mobile', 'Mediapartners-Google', 'APIs-Google', 'Google-Safety'],
    domains: ['google.com'],
    ranges: ['https://developers.google.com/static/search/apis/ipranges/special-crawlers.json'],
  },
  // Monitoring
  {
    name: 'uptimerobot',
    category: 'monitoring',
    agents: ['UptimeRobot'],
    ranges: ['https://uptimerobot.com/inc/files/ips/IPv4andIPv6.txt'],
  },
  {
    name: 'pingdom',
    category: 'monitoring',
    agents: ['Pingdom.com_bot', 'PingdomTMS'],
    ranges: ['https://my.pingdom.com/probes/ipv4', 'https://my.pingdom.com/probes/ipv6'],
  },
  {
    name: 'statuscake',
    category: 'monitoring',
    agents: ['StatusCake', 'StatusCake_Pagespeed_Indev'],
    ranges: ['https://app.statuscake.com/Workfloor/Locations.php?format=txt'],
  },
  // What sites use to look at themselves and each other
  {
    name: 'ahrefsbot',
    category: 'seo',
    agents: ['AhrefsBot', 'AhrefsSiteAudit'],
    domains: ['ahrefs.com', 'ahrefs.net'],
    ranges: ['https://api.ahrefs.com/v3/public/crawler-ips'],
  },
  {
    name: 'semrushbot',
    category: 'seo',
    agents: ['SemrushBot', 'SemrushBot-SI', 'SiteAuditBot'],
    domains: ['bot.semrush.com'],
  },
];

/** Those of the configuration take the place of shipped ones of the same name. */
export function withShipped(configured: readonly BotOperator[]): readonly BotOperator[] {
  const own = new Set(configured.map(({ name }) => name));
  return [...configured, ...shippedOperators.filter(({ name }) => !own.has(name))];
}
