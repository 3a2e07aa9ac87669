import { type Matrix } from './matrix.mjs';

export function documentOf(matrix: Matrix): string;
export function tallyOf(groups: Matrix['groups']): string;
