export { type DescriptorShares, shareDescriptors } from './descriptorShares.ts';
export { overloadLimits } from './limits.ts';
export { LoadMeter, type LoadMeterPorts } from './loadMeter.ts';
export { type LoadBounds, type LoadSigns, Overload } from './overload.ts';
