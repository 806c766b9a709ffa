/**
 * Who counts as one client: an IPv4 address, or the /64 of an IPv6 address, since that is what one subscriber gets.
 * Anything else is its own key, cut to 64 characters.
 */
export function clientKey(address: string): string {
  if (!address.includes(':')) return address.length > 64 ? address.slice(0, 64) : address;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address);
  if (mapped !== null) return mapped[1]!;
  const bare = address.split('%')[0]!.toLowerCase().slice(0, 64);
  const gap = bare.indexOf('::');
  const front = (gap === -1 ? bare : bare.slice(0, gap)).split(':').filter((group) => group !== '');
  const back =
    gap === -1
      ? []
      : bare
          .slice(gap + 2)
          .split(':')
          .filter((group) => group !== '');
  const zeros = gap === -1 ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...new Array<string>(zeros).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}/64`;
}
