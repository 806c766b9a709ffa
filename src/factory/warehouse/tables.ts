/** Where features are stored, one column each; the drill of 2025-11-18 is about this very name. */
export const featuresTable = 'http_requests_features';
export const featuresDatabase = 'default';
