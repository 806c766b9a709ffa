import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BotJudge, ClientWindows, compileFeatures, compileModel } from '../../src/bots/index.ts';
import { readConfig } from '../../src/config/index.ts';
import type { FeatureFile } from '../../src/contract/kinds/featureFile.ts';
import type { ModelFile } from '../../src/contract/kinds/modelFile.ts';
import { requestHead } from '../../src/http/index.ts';
import { feedsAreWelcome } from '../../src/replay/judge/ruleTrials.ts';
import { compileRules } from '../../src/rules/index.ts';

/*
 * The rules that docs/bots.md recommends, as they stand there, against feed readers: programs that score as programs and are
 * welcome all the same. Names and URLs as the readers and the sites' software use them, after their own documentation.
 */
const readers = `FreshRSS/1.24.0 (Linux; https://freshrss.org)
Miniflux/2.2.0 (+https://miniflux.app)
NetNewsWire (RSS Reader; https://netnewswire.com/)
Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)
Mozilla/5.0 (compatible; inoreader.com; 3 subscribers)
NewsBlur Feed Fetcher - 7 subscribers - https://www.newsblur.com/site/1/a
Tiny Tiny RSS/23.04 (https://tt-rss.org/)
Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0
Reeder/5.4 CFNetwork/1496.0.7 Darwin/23.5.0
Feedbin feed-id:12 - 4 subscribers
BazQux/2.4 (+https://bazqux.com/fetcher; 2 subscribers)
Mozilla/5.0 (compatible; theoldreader.com; 5 subscribers)
CommaFeed/4.4.0 (https://github.com/Athou/commafeed)
Newsboat/2.21 (Linux x86_64)
Liferea/1.15 (Linux; https://lzone.de/liferea/)
Akregator/5.22; syndication
Quiterss/0.19 (Linux)
Vienna/3.8 CFNetwork/1240 Darwin/20.6.0
Feeder/2.6 (Android)
NewsFlash/3.3.4
Fluent Reader/1.1
selfoss/2.19 (+https://selfoss.aditu.de)
rss2email/3.14 (https://pypi.org/project/rss2email/)
Emacs Elfeed 3.4.1
NextCloud-News/1.0
FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)
Slackbot 1.0 (+https://api.slack.com/robots)
IFTTT
Overcast/3.0 (+http://overcast.fm/; iOS podcast app)
PocketCasts/1.0 (Pocket Casts Feed Parser; +http://pocketcasts.com/)
AntennaPod/3.5.0
iTMS
gPodder/3.11 (http://gpodder.org/)
Castro/2 Episode Duration Lookup
Podcasts/1604 CFNetwork/1496 Darwin/23
SpaceCowboys Android RSS Reader / 2.6.30
Readably/7 CFNetwork/1494 Darwin/23
Feedbro/4.0
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36
Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
SimplePie/1.8.0 (Feed Parser; http://simplepie.org)
feedparser/6.0.11 +https://github.com/kurtmckee/feedparser/
Go-http-client/1.1
python-requests/2.32.3`.split('\n');

const places =
  '/feed /feed/ /rss /rss.xml /feed.xml /atom.xml /index.xml /feed.json /blog/feed/ /comments/feed/ /feeds/posts/default /tag/news.rss /?feed=rss2 /index.php?format=feed /podcast.xml /de/rss/all'.split(
    ' ',
  );

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const features = compileFeatures(JSON.parse(read('shipped/features.json')) as FeatureFile);
const judge = new BotJudge(features, compileModel(JSON.parse(read('shipped/model.json')) as ModelFile, features));

/** The block in the section on the welcome, with its dry run made real. */
function recommendedRules() {
  const block = /^## Rules that do not hit the welcome.*?```yaml\n(.*?)```/ms.exec(read('docs/bots.md'))?.[1] ?? '';
  assert.match(block, /dryRun: true/);
  const rules = block.replace('dryRun: true', 'dryRun: false').replace(/^/gm, '    ');
  const config = readConfig(
    `listen: 127.0.0.1:8080\nsites:\n  - hosts: [a.example]\n    origin: http://127.0.0.1:1\n${rules}`,
  );
  assert.ok(config.ok, JSON.stringify(config));
  // A log is replayed against the very same.
  assert.equal(config.value.sites.sites[0]!.rules[0]!.when.trim(), feedsAreWelcome);
  const compiled = compileRules(config.value.sites.sites[0]!);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.value;
}

/** What becomes of a reader's first request, and of its tenth, half an hour apart. */
function visit(userAgent: string, target: string) {
  const windows = new ClientWindows({ clientsMax: 16 });
  const rules = recommended;
  const head = requestHead({
    ...{ method: 'GET', target, version: '1.1', scheme: 'https', clientAddress: '192.0.2.9' },
    rawHeaders: ['Host', 'a.example', 'User-Agent', userAgent, 'Accept', 'application/rss+xml, */*;q=0.1'].concat([
      'Accept-Encoding',
      'gzip',
      'If-None-Match',
      '"5f2c"',
    ]),
  });
  const seen = Array.from({ length: 10 }, (_, index) => {
    const verdict = judge.judge(head, windows.observe(head, index * 1_800_000));
    windows.recordAnswer(head, { status: 304 }, index * 1_800_000 + 5);
    return { score: verdict.kind === 'scored' ? verdict.score : 0, action: rules.decide(head, verdict).action };
  });
  return { first: seen[0]!, tenth: seen[9]! };
}

const recommended = recommendedRules();

test('the recommended rules let feed readers have their feeds, whatever they score', (context) => {
  const visits = readers.flatMap((userAgent) => places.map((target) => visit(userAgent, target)));
  const blocked = visits.filter(({ first, tenth }) => first.action === 'block' || tenth.action === 'block').length;
  const low = visits.filter(({ first }) => first.score < 30).length;
  context.diagnostic(`${readers.length} readers at ${places.length} places: ${blocked} blocked, ${low} score below 30`);
  assert.equal(blocked, 0);
  assert.ok(low > visits.length / 2, 'without the rules most of them would be');
});

test('the same rules block those programs on pages', () => {
  const visits = readers.map((userAgent) => visit(userAgent, '/products/7'));
  const blocked = visits.filter(({ tenth }) => tenth.action === 'block').length;
  assert.ok(blocked > readers.length * 0.9, `${blocked} of ${readers.length} are blocked`);
});
