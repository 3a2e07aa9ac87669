import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isAddressRange } from './access/addresses/address-ranges.js';

/** Turns the text of an environment variable into its value; the issues say what is wrong. */
export type TextSchema<T> = z.ZodType<T, string>;

/** How access tokens can be signed (RFC 7518 §3.1, RFC 8037 §3.1). */
export const SIGNING_ALGS = ['ES256', 'EdDSA', 'PS256', 'RS256'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

const LOOPBACK_HOST = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether a host name or address can only be this machine. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK_HOST.test(host);

/** @param min and @param max are inclusive. */
export const wholeNumber = (min: number, max: number): TextSchema<number> =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const flag: TextSchema<boolean> = z
  .enum(['0', '1', 'false', 'true'])
  .transform((text) => text === '1' || text === 'true');

/** Items separated by commas or white space; `''` is the empty list. */
export const listOf = <T>(item: TextSchema<T>): TextSchema<readonly T[]> =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== ''))
    .pipe(z.array(item));

export const folder: TextSchema<string> = z.string().transform((path) => resolve(path));

const parsedUrl = (candidate: string): URL | null =>
  URL.canParse(candidate) ? new URL(candidate) : null;

export const urlWithScheme = (...schemes: readonly string[]): TextSchema<string> =>
  z.string().refine((candidate) => {
    const url = parsedUrl(candidate);
    return url !== null && url.host !== '' && schemes.includes(url.protocol.slice(0, -1));
  });

/** Scheme, host and port of http or https and nothing more; a trailing slash is dropped. */
export const origin: TextSchema<string> = z
  .string()
  .refine((candidate) => {
    const url = parsedUrl(candidate);
    return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  })
  .transform((candidate) => new URL(candidate).origin);

/** An address or a range in CIDR form; a lone address becomes a range of one. */
export const addressRange: TextSchema<string> = z.string().transform((candidate, context) => {
  if (!isAddressRange(candidate)) {
    context.addIssue({ code: 'custom', message: `${candidate} is no address or range` });
    return z.NEVER;
  }
  if (candidate.includes('/')) return candidate;
  return `${candidate}/${isIP(candidate) === 6 ? 128 : 32}`;
});

/** A name or an address to listen on, without port and brackets. */
export const hostName: TextSchema<string> = z
  .string()
  .refine(
    (host) => (isIP(host) > 0 && !host.includes('%')) || /^[A-Za-z0-9._-]{1,255}$/.test(host),
  );

/** 32 bytes or more that are neither a placeholder nor a pattern of a few characters. */
export const masterSecret: TextSchema<string> = z
  .string()
  .refine((secret) => Buffer.byteLength(secret) >= 32)
  .refine((secret) => new Set(secret).size >= 8)
  .refine((secret) => !/change-?_?me|example|placeholder|your-?_?secret/i.test(secret));

/** Scopes that Keycap has itself, and their families. */
const OWN_SCOPES =
  /^(?:\*|read|write|introspection|(?:organizations|members|invitations|projects|api_keys|oauth_clients|audit)(?::.*)?)$/;

/** A scope of the host application; Keycap's own mean what they mean. */
export const hostScope: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$/, 'must be a scope such as jobs:read')
  .refine((scope) => !OWN_SCOPES.test(scope), { message: "must be none of Keycap's own scopes" });

/** Whether the text is an absolute URI without a fragment (RFC 8707 §2). */
function isResourceIdentifier(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(text) && !text.includes('#') && URL.canParse(text);
}

/** JSON text of the given shape. */
export const json = <T>(shape: z.ZodType<T>): TextSchema<T> =>
  z
    .string()
    .transform((source, context): unknown => {
      try {
        return JSON.parse(source);
      } catch {
        context.addIssue({ code: 'custom', message: 'it is no JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);

const tokenDigest = z.strictObject({
  name: z.string().min(1).max(100),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
    .transform((digest) => digest.toLowerCase()),
});

const haveDifferentNames = (entries: readonly { readonly name: string }[]): boolean =>
  new Set(entries.map(({ name }) => name)).size === entries.length;

const SAME_NAME = { message: 'two entries have the same name' };

/** SHA-256 digests (lower-case hex) of bearer tokens that only the configuration knows. */
export const tokenDigests = z.array(tokenDigest).refine(haveDifferentNames, SAME_NAME);

/** Public keys as GitHub lists them; what it says beside is passed over. */
export const publicKeys = z.array(
  z.object({
    key_identifier: z.string().min(1),
    key: z.string().refine(isPublicKey, { message: 'must be a public key in PEM' }),
  }),
);

/** An absolute URI without a fragment (RFC 8707 §2). */
const resourceIdentifier = z
  .string()
  .max(500)
  .refine(isResourceIdentifier, { message: 'must be an absolute URI without a fragment' });

/** The same for the host's APIs, each with the resource that it is, where it is one of several. */
export const resourceServers = z
  .array(tokenDigest.extend({ resource: resourceIdentifier.optional() }))
  .refine(haveDifferentNames, SAME_NAME);

/** Resources that tokens can be confined to, and the scopes that mean something there. */
export const protectedResources = z
  .array(
    z.strictObject({
      resource: resourceIdentifier,
      scopes: z.array(hostScope).min(1),
    }),
  )
  .refine((entries) => new Set(entries.map(({ resource }) => resource)).size === entries.length, {
    message: 'two entries have the same resource',
  });

const issuerUrl = z.string().refine(
  (candidate) => {
    const url = parsedUrl(candidate);
    return (
      url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))
    );
  },
  { message: 'must be an https URL, or http on loopback' },
);

const claimName = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'must be a claim name or dotted path');

/** One trusted issuer of external session tokens. */
const sessionIssuer = z
  .strictObject({
    issuer: issuerUrl,
    jwks_url: issuerUrl,
    audience: z.array(z.string().min(1)).default([]),
    authorized_parties: z.array(z.string().min(1)).default([]),
    claims: z
      .strictObject({
        email: claimName.default('email'),
        email_verified: claimName.default('email_verified'),
        name: claimName.default('name'),
        organization: claimName.nullable().default(null),
        role: claimName.nullable().default(null),
      })
      .prefault({}),
    link_by_verified_email: z.boolean().default(false),
    membership_from: z.enum(['keycap', 'claims']).default('keycap'),
  })
  .refine(({ audience, authorized_parties }) => audience.length + authorized_parties.length > 0, {
    message: 'needs at least one of audience and authorized_parties',
  })
  .refine(
    ({ membership_from: from, claims }) => from === 'keycap' || claims.organization !== null,
    { message: 'needs the name of the organization claim where memberships are from claims' },
  )
  .transform((entry) => ({
    issuer: entry.issuer,
    jwksUrl: entry.jwks_url,
    audience: entry.audience,
    authorizedParties: entry.authorized_parties,
    claims: {
      email: entry.claims.email,
      emailVerified: entry.claims.email_verified,
      name: entry.claims.name,
      organization: entry.claims.organization,
      role: entry.claims.role,
    },
    linkByVerifiedEmail: entry.link_by_verified_email,
    membershipFrom: entry.membership_from,
  }));

export const sessionIssuers = z
  .array(sessionIssuer)
  .refine((entries) => new Set(entries.map(({ issuer }) => issuer)).size === entries.length, {
    message: 'two entries have the same issuer',
  });

function isPublicKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}
