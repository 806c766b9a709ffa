export {
  certificateFault,
  headerNameFault,
  isHost,
  isReachableHost,
  isSiteName,
  type Origin,
  type OriginAddress,
  RedirectTable,
  type RedirectTarget,
  readOrigin,
} from '../siteKeys/index.ts';
export { companionsOf, fileOf, filesOf } from './companions.ts';
export { isSwitch, switchNamesHelp } from './names.ts';
export { bundleBytesMax, type Envelope, type EnvelopeHeader, readEnvelope, versionMax } from './signing/envelope.ts';
export {
  currentSigningKey,
  ensureKeys,
  type KeyFile,
  keyPath,
  readKeyFile,
  readTrust,
  revokeKey,
  rotateKey,
  writeTrust,
} from './signing/keyStore.ts';
export { signBundle, type UnsignedBundle } from './signing/sign.ts';
export {
  generateSigningKey,
  loadSigningKey,
  type SigningKey,
  type StoredSigningKey,
  storeSigningKey,
  trustedKeyOf,
} from './signing/signingKey.ts';
export { decodeTrust, emptyTrust, encodeTrust, mergeTrust } from './signing/trust.ts';
export { type Bundle, type Expectation, verifyBundle } from './signing/verify.ts';
export {
  type OriginTls,
  type SiteSettings,
  settingsOf,
  type UpstreamChoices,
  type WeightedOrigin,
} from './siteSettings.ts';
export { type Content, validatePayload } from './validate.ts';
