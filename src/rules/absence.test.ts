import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, allow, block, head, log, rule, scored, site } from '../../test/support/ruleSamples.ts';
import type { BotVerdict } from '../contract/botVerdict.ts';
import type { Rule } from '../contract/kinds/sitesFile.ts';
import type { BotIdentity } from '../contract/verifiedBots.ts';
import type { RequestHead } from '../http/index.ts';
import { type Random, seededRandom } from '../kernel/random.ts';
import type { ListedAddress } from '../lists/index.ts';
import { findBlocksWhenAbsent } from './absence.ts';
import { compileRules } from './compileRules.ts';

const named = (...rules: Rule[]) => findBlocksWhenAbsent(site(...rules)).map(({ names }) => names?.join(' after '));

test('allow good scores, block the rest: November again, refused with the names of both rules', () => {
  const [finding] = findBlocksWhenAbsent(
    site(rule('bot.score >= 30', allow, { name: 'people' }), rule('true', block, { name: 'rest' })),
  );
  assert.equal(finding?.reason, 'rule-blocks-when-absent');
  assert.match(finding?.message ?? '', /rule "rest" blocks what rule "people" lets through/);
});

test('lists: the message says that it is they that are absent', () => {
  const [finding] = findBlocksWhenAbsent(
    site(rule('ip.country == "DE"', allow, { name: 'germans' }), rule('true', block, { name: 'rest' })),
  );
  assert.match(finding?.message ?? '', /without lists, rule "rest" blocks what rule "germans" lets through/);
});

for (const [what, ...rules] of [
  ['a low score is blocked', rule('bot.score < 30')],
  ['a path is blocked for everyone', rule('request.path == "/admin"')],
  ['not a high score', rule('!(bot.score >= 30)')],
  ['a low score or a path', rule('bot.score < 30 || request.path.startsWith("/x")')],
  ['a ternary', rule('bot.score >= 30 ? false : true')],
  ['everyone is blocked', rule('true')],
  ['allow by path, block the rest', rule('request.path == "/"', allow), rule('true')],
  ['allow by header, block the rest', rule('request.headers["x-key"] == "secret"', allow), rule('true')],
  ['allow verified, block low scores', rule('bot.verified', allow), rule('bot.score < 30')],
  ['the block stands before the allow', rule('request.path == "/admin"'), rule('bot.score >= 30', allow)],
  ['a dry allow ends nothing', rule('bot.score >= 30', allow, { dryRun: true }), rule('true')],
  ['a dry block blocks nothing', rule('bot.score >= 30', allow), rule('true', block, { dryRun: true })],
  ['log is no allow', rule('bot.score >= 30', log), rule('true')],
  ['said to be meant', rule('bot.score >= 30', allow), rule('true', block, { whenAbsent: 'block' })],
  ['an allow that needs no score to be decided', rule('bot.score >= 30 || true', allow), rule('true')],
  ['an allow that is never true', rule('bot.score >= 30 && false', allow), rule('true')],
  ['data centres are blocked', rule('ip.hosting')],
  ['everybody but one country is blocked', rule('ip.country != "DE"')],
  [
    'a country is allowed, the rest said to be meant',
    rule('ip.country == "DE"', allow),
    rule('true', block, { whenAbsent: 'block' }),
  ],
  ['a block that needs lists, too', rule('ip.country == "DE"', allow), rule('ip.hosting')],
  ['a block that needs a score', rule('bot.score >= 30', allow), rule('request.path == "/a" && bot.score < 30')],
] as const) {
  test(`accepted: ${what}`, () => assert.deepEqual(named(...rules), []));
}

for (const [what, ...rules] of [
  [
    'allow good scores, block a path',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('request.path == "/admin"', block, { name: 'b' }),
  ],
  [
    'a score or a path is allowed',
    rule('bot.score >= 30 || request.path == "/"', allow, { name: 'a' }),
    rule('true', block, { name: 'b' }),
  ],
  [
    'verified bots are allowed',
    rule('bot.verified', allow, { name: 'a' }),
    rule('bot.score < 30 || request.path == "/"', block, { name: 'b' }),
  ],
  ['not a low score is allowed', rule('!(bot.score < 30)', allow, { name: 'a' }), rule('true', block, { name: 'b' })],
  [
    'the block is true either way',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('bot.score < 3 ? true : true', block, { name: 'b' }),
  ],
  [
    'the block hides behind agreeing branches',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('(bot.score < 3 ? "x" : "x") == "x"', block, { name: 'b' }),
  ],
  [
    'who is no verified bot is blocked where good scores are allowed',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('!bot.verified', block, { name: 'b' }),
  ],
  [
    'one country is allowed, the rest blocked',
    rule('ip.country == "DE"', allow, { name: 'a' }),
    rule('true', block, { name: 'b' }),
  ],
  [
    'a list is allowed, low scores are blocked',
    rule('"office" in ip.lists', allow, { name: 'a' }),
    rule('bot.score < 30', block, { name: 'b' }),
  ],
  [
    'who has a good score or sits in no data centre is allowed',
    rule('bot.score > 50 || !ip.hosting', allow, { name: 'a' }),
    rule('request.path == "/"', block, { name: 'b' }),
  ],
  [
    'a good score is allowed, a system is blocked',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('ip.asn in [1, 2]', block, { name: 'b' }),
  ],
  [
    'a rule lies between',
    rule('bot.score >= 30', allow, { name: 'a' }),
    rule('bot.score < 5', block, { name: 'm' }),
    rule('true', block, { name: 'b' }),
  ],
] as const) {
  test(`refused: ${what}`, () => assert.deepEqual(named(...rules), ['b after a']));
}

/**
 * The property: for every rule set that is accepted and every request, *blocked without a verdict implies blocked with
 * every verdict*. Run over random rule sets; a failure prints the seed.
 */
test('accepted rule sets block without a score only what they block with every score', () => {
  const seed = 20251118;
  const random = seededRandom(seed);
  let accepted = 0;
  let blockedWhenAbsent = 0;
  for (let round = 0; round < 1_500; round++) {
    const rules = Array.from({ length: 1 + Math.floor(random.next() * 4) }, (_, index) => randomRule(random, index));
    if (findBlocksWhenAbsent(site(...rules)).length > 0) continue;
    const compiled = compileRules(site(...rules));
    assert.ok(compiled.ok, JSON.stringify(compiled));
    accepted++;
    for (const request of requests) {
      for (const known of [undefined, false, true]) {
        const without = known === undefined ? absent : { ...absent, identity: identityOf(known) };
        if (compiled.value.decide(request, without).action !== 'block') continue;
        blockedWhenAbsent++;
        for (const verdict of verdicts) {
          if (verdict.kind === 'scored' && known !== undefined && verdict.verified !== known) continue;
          for (const address of addresses) {
            const { action } = compiled.value.decide(request, verdict, undefined, address);
            assert.equal(
              action,
              'block',
              `seed ${seed}, round ${round}: ${JSON.stringify({ rules, request, verdict })}`,
            );
          }
        }
      }
      // The lists alone are absent, and then the score alone.
      for (const verdict of verdicts.slice(0, 4)) {
        if (compiled.value.decide(request, verdict).action !== 'block') continue;
        for (const address of addresses) {
          const { action } = compiled.value.decide(request, verdict, undefined, address);
          assert.equal(action, 'block', `seed ${seed}, round ${round}: ${JSON.stringify({ rules, verdict, address })}`);
        }
      }
      for (const address of addresses) {
        if (compiled.value.decide(request, absent, undefined, address).action !== 'block') continue;
        for (const verdict of verdicts) {
          const { action } = compiled.value.decide(request, verdict, undefined, address);
          assert.equal(action, 'block', `seed ${seed}, round ${round}: ${JSON.stringify({ rules, verdict, address })}`);
        }
      }
    }
  }
  assert.ok(accepted > 500, `only ${accepted} were accepted`);
  assert.ok(blockedWhenAbsent > 500, `only ${blockedWhenAbsent} blocked without a score`);
});

/** And it is no mere caution: many of the refused sets do block somebody, though random conditions often exclude each other. */
test('refused rule sets do block without a score what they let through with one', () => {
  const random = seededRandom(4);
  let refused = 0;
  let rightly = 0;
  for (let round = 0; round < 1_500; round++) {
    const rules = Array.from({ length: 2 + Math.floor(random.next() * 3) }, (_, index) => randomRule(random, index));
    if (findBlocksWhenAbsent(site(...rules)).length === 0) continue;
    refused++;
    const compiled = compileRules(site(...rules.map((each) => ({ ...each, whenAbsent: 'block' as const }))));
    assert.ok(compiled.ok);
    const blocks = (request: RequestHead, verdict: BotVerdict, address?: ListedAddress) =>
      compiled.value.decide(request, verdict, undefined, address).action === 'block';
    const isRight = requests.some((request) =>
      verdicts.some((verdict) =>
        addresses.some(
          (address) =>
            !blocks(request, verdict, address) &&
            (blocks(request, absent) || blocks(request, absent, address) || blocks(request, verdict)),
        ),
      ),
    );
    if (isRight) rightly++;
  }
  assert.ok(refused > 50 && rightly / refused > 0.3, `${rightly} of ${refused}`);
});

const requests = ['/', '/a', '/b'].flatMap((path) =>
  [
    ['Host', 'h'],
    ['Host', 'h', 'X-Key', 'k'],
  ].map((rawHeaders) => head({ path, rawHeaders })),
);

/** What lists may say where there are any that hold the address. */
const addresses: readonly ListedAddress[] = [
  ['DE', 1, ['hosting']],
  ['DE', 2, ['office', 'vpn']],
  ['FR', 2, []],
].map(([country, asn, lists]) => ({
  country: country as string,
  asn: asn as number,
  lists: lists as string[],
  isIn: (name) => (lists as string[]).includes(name),
}));

const verdicts = [1, 2, 29, 30, 31, 50, 98, 99].flatMap((score) =>
  [false, true].flatMap((verified) =>
    (['model', 'heuristics'] as const).map((source) => ({
      ...scored(score, { verified, source, heuristics: source === 'model' ? [] : ['h'] }),
      identity: identityOf(verified),
    })),
  ),
);

function identityOf(verified: boolean): BotIdentity {
  const operator = verified ? 'googlebot' : null;
  const category = verified ? 'search' : null;
  return {
    verified,
    reason: verified ? 'names' : 'no-claim',
    signatureFault: null,
    operator,
    category,
    isImpostor: false,
  };
}

function randomRule(random: Random, index: number): Rule {
  const then = [allow, block, block, log][Math.floor(random.next() * 4)]!;
  return rule(randomCondition(random, 3), then, { name: `r${index}`, dryRun: random.next() < 0.1 });
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.next() * items.length)]!;
}

function randomCondition(random: Random, depth: number): string {
  const leaves = [
    'true',
    'false',
    'bot.verified',
    'bot.category == "search"',
    'bot.operator != "googlebot"',
    'ip.country == "DE"',
    'ip.asn != 2',
    'ip.hosting',
    '"office" in ip.lists',
    'ip.vpn || bot.score < 30',
    'request.path == "/a"',
    'request.path.startsWith("/")',
    'request.headers["x-key"] == "k"',
    '"x-key" in request.headers',
    'bot.source == "model"',
    '"h" in bot.heuristics',
    'size(bot.heuristics) == 0',
    '1 / 0 == 1',
    `bot.score ${pick(random, ['<', '<=', '>', '>=', '==', '!='])} ${pick(random, ['30', '2', '99', '0'])}`,
    'bot.score in [1, 29, 30]',
    '30 in [30, bot.score]',
    'request.path in [bot.source, "/a"]',
    '(bot.score < 30 ? 1 : 1) == 1',
    '(bot.verified ? request.path : "/a") == "/a"',
    '(bot.verified && false) == false',
  ];
  if (depth === 0) return pick(random, leaves);
  const inner = () => `(${randomCondition(random, depth - 1)})`;
  return pick(random, [
    () => pick(random, leaves),
    () => pick(random, leaves),
    () => `!${inner()}`,
    () => `${inner()} && ${inner()}`,
    () => `${inner()} || ${inner()}`,
    () => `${inner()} ? ${inner()} : ${inner()}`,
    () => `${inner()} == ${inner()}`,
    () => `${inner()} in [${inner()}, ${inner()}]`,
  ])();
}
