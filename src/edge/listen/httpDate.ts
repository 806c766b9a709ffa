let second = 0;
let text = '';

/** The time of a `Date` field (RFC 9110 section 6.6.1), made once a second. */
export function httpDate(): string {
  const nowMs = Date.now();
  if (nowMs - second >= 1_000 || nowMs < second) {
    second = nowMs - (nowMs % 1_000);
    text = new Date(second).toUTCString();
  }
  return text;
}
