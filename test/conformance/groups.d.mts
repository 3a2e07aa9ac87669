import { type Group } from './matrix.mjs';

export const GROUPS: readonly Group[];
