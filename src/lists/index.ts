export { AddressLists, type ListedAddress, unlisted } from './addressLists.ts';
export { encodeLists } from './encodeLists.ts';
