export { bundleBytesMax, type Envelope, type EnvelopeHeader, readEnvelope, versionMax } from './envelope.ts';
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
} from './keyStore.ts';
export { isHost, isRuleName, isSiteName, isSwitch, switchNamesHelp } from './names.ts';
export { isReachableHost, type Origin, type OriginAddress, readOrigin } from './origin.ts';
export { certificateFault } from './pem.ts';
export { RedirectTable, type RedirectTarget, redirectFault } from './redirectTable.ts';
export { signBundle, type UnsignedBundle } from './sign.ts';
export {
  generateSigningKey,
  loadSigningKey,
  type SigningKey,
  type StoredSigningKey,
  storeSigningKey,
  trustedKeyOf,
} from './signingKey.ts';
export { errorStatuses, headerNameFault, headerValueFault } from './siteEdits.ts';
export {
  type OriginTls,
  type SiteSettings,
  settingsOf,
  type UpstreamChoices,
  type WeightedOrigin,
} from './siteSettings.ts';
export { isAbsolutePath, isProbePath, isServerName } from './siteUpstream.ts';
export { decodeTrust, emptyTrust, encodeTrust, mergeTrust } from './trust.ts';
export { type Companions, type Content, validatePayload } from './validate.ts';
export { type Bundle, type Expectation, verifyBundle } from './verify.ts';
