import { applyDecorators } from '@nestjs/common';
import { IsNotIn, IsString, Matches } from 'class-validator';

/** Words that would be taken for a page or a part of the API. */
const RESERVED_SLUGS = [
  'admin',
  'api',
  'app',
  'audit',
  'dashboard',
  'docs',
  'health',
  'help',
  'keycap',
  'login',
  'logout',
  'metrics',
  'new',
  'oauth',
  'openapi',
  'organizations',
  'projects',
  'settings',
  'setup',
  'support',
  'system',
  'users',
  'www',
];

const MAX_SLUG_LENGTH = 40;

/** 3-40 of `[a-z0-9-]`, and no reserved word. */
export function IsSlug(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Matches(/^[a-z0-9-]{3,40}$/, { message: 'slug must be 3-40 characters of a-z, 0-9 and -' }),
    IsNotIn(RESERVED_SLUGS, { message: 'slug is a reserved word' }),
  );
}

/** A slug made of a name; `distinction` is appended where the plain one is taken. */
export function slugOf(name: string, distinction = ''): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter((word) => word !== '')
    .join('-');
  const suffix = distinction === '' ? '' : `-${distinction}`;
  const room = MAX_SLUG_LENGTH - suffix.length;
  const slug = (plain === '' ? 'unnamed' : plain.slice(0, room)) + suffix;
  return slug.length >= 3 && !RESERVED_SLUGS.includes(slug) ? slug : `${slug}-1`;
}
