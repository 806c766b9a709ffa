// The key store lives in bundles/, because the factory signs too and never imports control.
export { ensureKeys } from '../bundles/index.ts';
