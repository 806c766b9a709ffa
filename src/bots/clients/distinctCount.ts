/** Linear counting: of n bits, z still zero mean about -n ln(z/n) different values (Whang and others, 1990). */
export function distinctOf(ones: number, bits: number): number {
  return ones >= bits ? bits * Math.log(bits) : Math.round(-bits * Math.log(1 - ones / bits));
}

/** The same for each number of ones: a logarithm per request and map is too many. */
export function distinctTable(bits: number): Float64Array {
  return Float64Array.from({ length: bits + 1 }, (_, ones) => distinctOf(ones, bits));
}

export function countOnes(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
