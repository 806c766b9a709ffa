export { HpackDecoder, type HpackDecoderOptions, type HpackFault } from './decoder.ts';
export { HpackEncoder, responseBytesMax } from './encoder.ts';
export { pseudoFields } from './pseudoFields.ts';
