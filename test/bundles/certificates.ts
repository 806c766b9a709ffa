/*
 * Texts that stand where PEM certificates belong, with what docs/bundles.md says of each. The oracle knows these by heart:
 * a second reader of X.509 would be a second OpenSSL.
 */
const body = [
  'MIIBlDCCATugAwIBAgIUKvIeG3JHycC3qeaSltJzVEFl5tAwCgYIKoZIzj0EAwIw',
  'HzEdMBsGA1UEAwwUSG9sZGZhc3QgdGVzdCBvcmlnaW4wIBcNMjYxMTI0MTMwNDM4',
  'WhgPMjEyNjEwMzExMzA0MzhaMB8xHTAbBgNVBAMMFEhvbGRmYXN0IHRlc3Qgb3Jp',
  'Z2luMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAeBoJM+WhmtYWaoGo/KII5Jw',
  'G9oiqqxX9fP2lt4cISqpkkCvLQBjXTYWTcu23HpIOm8J7urTMFDesdlCU2fLZqNT',
  'MFEwHQYDVR0OBBYEFM7msxQct/6i23+cTciU/myVZHyqMB8GA1UdIwQYMBaAFM7m',
  'sxQct/6i23+cTciU/myVZHyqMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID',
  'RwAwRAIgG4pyVH3Z8uKrMNTnXXmgMrjBjWsioWXvS1A62TwynTICIDlogwiTO2Xf',
  'fvZmb7dxOchGc3w7yhM6pHiYsAJwbdFC',
].join('\n');
const block = (label: string, text: string) => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;
const good = block('CERTIFICATE', body);

export const knownPem: readonly { readonly text: string; readonly isGood: boolean }[] = [
  { text: good, isGood: true },
  { text: `${good}\n${good}`, isGood: true },
  { text: good.repeat(32), isGood: true },
  { text: good.repeat(33), isGood: false },
  { text: `a root\n${good}`, isGood: false },
  { text: block('CERTIFICATE', body.slice(0, 200)), isGood: false },
  { text: block('CERTIFICATE', 'AAAA'), isGood: false },
  { text: block('PUBLIC KEY', body), isGood: false },
  { text: `${good}${block('PRIVATE KEY', body)}`, isGood: false },
  { text: `${good}${' '.repeat(65_537)}`, isGood: false },
  { text: good.slice(0, -10), isGood: false },
];
export const goodPem = good;
