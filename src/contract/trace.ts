/** Paths under this prefix are answered by the edge itself and never reach an origin. */
export const edgePathPrefix = '/.holdfast/';
export const tracePath = '/.holdfast/trace';
/** Set on requests to the origin where there is a score; a client's own never passes. */
export const scoreHeader = 'Holdfast-Bot-Score';
/** Set on requests of verified bots; a client's own never passes. */
export const verifiedHeader = 'Holdfast-Bot-Verified';
