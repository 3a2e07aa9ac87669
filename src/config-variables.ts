import { z } from 'zod';
import type { TextSchema } from './config-values.js';
import {
  addressRange,
  flag,
  folder,
  hostName,
  hostScope,
  json,
  listOf,
  masterSecret,
  origin,
  protectedResources,
  publicKeys,
  resourceServers,
  sessionIssuers,
  SIGNING_ALGS,
  tokenDigests,
  urlWithScheme,
  wholeNumber,
} from './config-values.js';
import { isName } from './name.js';

/** One environment variable: read by `readConfig`, listed by `npm run config`. */
export interface Variable<T> {
  readonly name: string;
  readonly meaning: string;
  readonly unit: string | null;
  /** The text used when the variable is unset or empty; `null` = no value. */
  readonly fallback: string | null;
  /** Ends the sentence "<name> must be ...". */
  readonly allowed: string;
  /** Its value is never shown. */
  readonly secret: boolean;
  readonly schema: TextSchema<T>;
}

type Declared<T> = Pick<Variable<T>, 'name' | 'meaning' | 'allowed' | 'schema'> &
  Partial<Pick<Variable<T>, 'unit' | 'secret'>>;

const withDefault = <T>(fallback: string, declared: Declared<T>): Variable<T> => ({
  unit: null,
  secret: false,
  ...declared,
  fallback,
});

const optional = <T>(declared: Declared<T>): Variable<T | null> => ({
  unit: null,
  secret: false,
  ...declared,
  schema: declared.schema,
  fallback: null,
});

const count = (
  name: string,
  fallback: number,
  [min, max]: readonly [number, number],
  unit: string,
  meaning: string,
): Variable<number> =>
  withDefault(String(fallback), {
    name,
    meaning,
    unit,
    allowed: `a whole number from ${min} to ${max}`,
    schema: wholeNumber(min, max),
  });

const limit = (name: string, fallback: number, unit: string, meaning: string): Variable<number> =>
  count(`KEYCAP_LIMIT_${name}`, fallback, [1, 1_000_000], unit, meaning);

const onOff = (name: string, fallback: '0' | '1', meaning: string): Variable<boolean> =>
  withDefault(fallback, { name, meaning, allowed: '0 or 1', schema: flag });

const PORT_RANGE = [0, 65_535] as const;
const BRAND = /^(?!kc[sro]$)[a-z][a-z0-9]{1,15}$/;
const BRAND_RULE = 'of 2 to 16 lower-case letters and digits, beginning with a letter';
const POSTGRES_URL = 'a PostgreSQL URL such as postgresql://user:password@host:5432/database';
const postgresUrl = urlWithScheme('postgres', 'postgresql');
const brand: TextSchema<string> = z.string().regex(BRAND);

/** Every environment variable that Keycap reads, once. */
export const VARIABLES = {
  port: count('PORT', 3000, PORT_RANGE, 'TCP port', 'Where the API listens; 0 takes a free port.'),
  host: withDefault('127.0.0.1', {
    name: 'HOST',
    meaning: 'The address that the API listens on.',
    allowed: 'a host name or address without a port',
    schema: hostName,
  }),
  publicUrl: optional({
    name: 'KEYCAP_PUBLIC_URL',
    meaning:
      'The address that clients use: OAuth issuer and start of every link. Default: where it listens.',
    allowed: 'an http or https URL of host and port alone, such as https://auth.example.com',
    schema: origin,
  }),
  behindTlsProxy: onOff(
    'KEYCAP_BEHIND_TLS_PROXY',
    '0',
    'Declares that a proxy ends TLS, so that plain http is accepted on an address that is not loopback.',
  ),
  trustedProxies: withDefault('', {
    name: 'KEYCAP_TRUSTED_PROXIES',
    meaning:
      'Address ranges of proxies: the client is whom their X-Forwarded-For and Forwarded (for=) headers name.',
    allowed: 'a list of addresses or ranges such as 10.0.0.0/8,192.0.2.7',
    schema: listOf(addressRange),
  }),
  corsOrigins: withDefault('', {
    name: 'KEYCAP_CORS_ORIGINS',
    meaning: 'Exact origins whose pages may call the API from a browser.',
    allowed: 'a list of origins such as https://app.example.com',
    schema: listOf(origin),
  }),
  insecureCookie: onOff(
    'KEYCAP_INSECURE_COOKIE',
    '0',
    'Session cookies without Secure, for browsers that refuse them on http://127.0.0.1; only while the public URL is plain http on loopback.',
  ),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    meaning: 'A PostgreSQL 14 or later. Default: the embedded PostgreSQL in KEYCAP_DATA_DIR.',
    allowed: POSTGRES_URL,
    secret: true,
    schema: postgresUrl,
  }),
  databaseReplicaUrls: withDefault('', {
    name: 'DATABASE_REPLICA_URLS',
    meaning:
      'Read replicas of DATABASE_URL (streaming replication), for lists, exports and look-ups that are not in memory.',
    allowed: `a list, each item ${POSTGRES_URL}`,
    secret: true,
    schema: listOf(postgresUrl),
  }),
  databasePool: count(
    'KEYCAP_DATABASE_POOL',
    10,
    [2, 1000],
    'connections',
    'Most connections to the database that one process opens.',
  ),
  dataDir: withDefault('.keycap', {
    name: 'KEYCAP_DATA_DIR',
    meaning: 'Folder of the embedded database, the secret and the signing keys.',
    allowed: 'a folder',
    schema: folder,
  }),
  secret: optional({
    name: 'KEYCAP_SECRET',
    meaning:
      'Master secret from which pepper, encryption and cookie keys are derived. Required with DATABASE_URL, otherwise made in KEYCAP_DATA_DIR. Lost, every credential is dead.',
    unit: '32 bytes or more',
    allowed: 'at least 32 random bytes of text, such as `openssl rand -base64 32` prints',
    secret: true,
    schema: masterSecret,
  }),
  formerSecrets: withDefault('', {
    name: 'KEYCAP_FORMER_SECRETS',
    meaning: 'Earlier values of KEYCAP_SECRET that are still accepted while they rotate.',
    allowed: 'a list of master secrets of at least 32 random bytes',
    secret: true,
    schema: listOf(masterSecret),
  }),
  signingAlg: withDefault('ES256', {
    name: 'KEYCAP_SIGNING_ALG',
    meaning:
      'How JWT access tokens are signed; a change makes a new key. RS256 only for verifiers that know nothing else.',
    allowed: `one of ${SIGNING_ALGS.join(', ')}`,
    schema: z.enum(SIGNING_ALGS),
  }),
  signingKeyDays: count(
    'KEYCAP_SIGNING_KEY_DAYS',
    90,
    [1, 3650],
    'days',
    'How long JWT access tokens are signed with one key, until the next one is made.',
  ),
  ownerEmail: optional({
    name: 'KEYCAP_OWNER_EMAIL',
    meaning: 'On an empty database: the e-mail address of the first owner.',
    allowed: 'an e-mail address',
    schema: z.email().max(254),
  }),
  ownerPassword: optional({
    name: 'KEYCAP_OWNER_PASSWORD',
    meaning: 'On an empty database: the password of the first owner.',
    unit: '15 characters or more',
    allowed: 'a password of 15 to 1024 characters',
    secret: true,
    schema: z
      .string()
      .refine((password) => [...password].length >= 15 && Buffer.byteLength(password) <= 1024),
  }),
  organizationName: optional({
    name: 'KEYCAP_ORGANIZATION',
    meaning: 'On an empty database: the name of the first organization.',
    allowed: 'a name of 1 to 100 characters, neither blank nor with control characters',
    schema: z.string().refine(isName),
  }),
  demo: onOff(
    'KEYCAP_DEMO',
    '0',
    'On an empty database: also creates demo members, projects, keys.',
  ),
  organizationCreation: withDefault('anyone', {
    name: 'KEYCAP_ORGANIZATION_CREATION',
    meaning: 'Who may create organizations: any signed-in user, or operators alone.',
    allowed: 'anyone or operators',
    schema: z.enum(['anyone', 'operators']),
  }),
  keyBrand: withDefault('capy', {
    name: 'KEYCAP_KEY_BRAND',
    meaning: 'API keys begin with <brand>_live_ or <brand>_test_.',
    allowed: `a word ${BRAND_RULE}`,
    schema: brand,
  }),
  formerBrands: withDefault('', {
    name: 'KEYCAP_FORMER_BRANDS',
    meaning: 'Earlier brands whose API keys still work.',
    allowed: `a list of words ${BRAND_RULE}`,
    schema: listOf(brand),
  }),
  hostScopes: withDefault('credentials:read backups:read backups:write jobs:read schema:read', {
    name: 'KEYCAP_SCOPES',
    meaning: "The host application's own scopes, which keys and clients may be given.",
    allowed: "a list of scopes such as jobs:read that are none of Keycap's own",
    schema: listOf(hostScope),
  }),
  protectedResources: withDefault('[]', {
    name: 'KEYCAP_RESOURCES',
    meaning:
      "The host's APIs as OAuth resources (RFC 8707) with the scopes that mean something there: a client that is given one may ask for tokens that are good at it and nowhere else.",
    allowed: 'a JSON list of {"resource","scopes"}',
    schema: json(protectedResources),
  }),
  resourceServers: withDefault('[]', {
    name: 'KEYCAP_RESOURCE_SERVERS',
    meaning:
      'Tokens (kcr_...) of the host\'s APIs, which verify credentials of all organizations; one with a "resource" sees only the access tokens for it. `npm run token -- resource-server <name>` makes one.',
    allowed: 'a JSON list of {"name","sha256","resource"}',
    // Whoever writes the token itself there by mistake must not find it in a log.
    secret: true,
    schema: json(resourceServers),
  }),
  operatorTokens: withDefault('[]', {
    name: 'KEYCAP_OPERATOR_TOKENS',
    meaning:
      'Tokens (kco_...) of internal admin tooling; `npm run token -- operator <name>` makes one.',
    allowed: 'a JSON list of {"name","sha256"}',
    // Whoever writes the token itself there by mistake must not find it in a log.
    secret: true,
    schema: json(tokenDigests),
  }),
  githubScanningKeys: withDefault('[]', {
    name: 'KEYCAP_GITHUB_SCANNING_KEYS',
    meaning:
      "The public keys of GitHub's secret scanning, as it publishes them: what they have signed is taken at /v1/integrations/github/secret-scanning.",
    allowed: 'a JSON list of {"key_identifier","key"} with keys in PEM',
    schema: json(publicKeys),
  }),
  adminPort: optional({
    name: 'KEYCAP_ADMIN_PORT',
    meaning:
      'A port of its own for /v1/admin, which the API then does not serve; 0 takes a free port.',
    unit: 'TCP port',
    allowed: 'a whole number from 0 to 65535',
    schema: wholeNumber(...PORT_RANGE),
  }),
  adminHost: withDefault('127.0.0.1', {
    name: 'KEYCAP_ADMIN_HOST',
    meaning: 'The address that KEYCAP_ADMIN_PORT listens on.',
    allowed: 'a host name or address without a port',
    schema: hostName,
  }),
  assertionsByRs256: onOff(
    'KEYCAP_RS256',
    '0',
    'Also accepts client assertions signed with RS256, for clients that can sign with nothing else.',
  ),
  sessionIssuers: withDefault('[]', {
    name: 'KEYCAP_SESSION_ISSUERS',
    meaning:
      'Trusted external issuers of session tokens (Clerk, any OpenID provider): JSON list of {"issuer","jwks_url","audience","authorized_parties","claims","link_by_verified_email","membership_from"}.',
    allowed: 'a JSON list of issuers',
    schema: json(sessionIssuers),
  }),
  smtpUrl: optional({
    name: 'SMTP_URL',
    meaning: 'Mail server. Without it nothing is mailed.',
    allowed: 'a URL such as smtps://user:password@mail.example.com',
    secret: true,
    schema: urlWithScheme('smtp', 'smtps'),
  }),
  mailFrom: optional({
    name: 'KEYCAP_MAIL_FROM',
    meaning: 'Sender of the mails.',
    allowed: 'an address such as Keycap <keycap@example.com>',
    schema: z.string().regex(/^[^<>\r\n]{0,200}<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/),
  }),
  mailDir: optional({
    name: 'KEYCAP_MAIL_DIR',
    meaning: 'Folder that mails are written to as files (0600), for development.',
    allowed: 'a folder',
    schema: folder,
  }),
  auditRetentionDays: optional({
    name: 'KEYCAP_AUDIT_RETENTION_DAYS',
    meaning: 'How long audit events are kept. Default: for ever.',
    unit: 'days',
    allowed: 'a whole number from 1 to 36500',
    schema: wholeNumber(1, 36_500),
  }),
  logLevel: withDefault('info', {
    name: 'KEYCAP_LOG_LEVEL',
    meaning: 'The least severe level that is logged.',
    allowed: 'one of fatal, error, warn, info, debug, trace, silent',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
  }),
  workers: count('KEYCAP_WORKERS', 1, [1, 64], 'processes', 'Server processes on this machine.'),
  cacheMb: count(
    'KEYCAP_CACHE_MB',
    128,
    [1, 65_536],
    'MiB',
    'Most memory that the cache of verified credentials takes, in each process.',
  ),
  swaggerUi: onOff('KEYCAP_SWAGGER_UI', '1', 'Serves the API documentation pages.'),
  passwordFailuresPerAccountPer15Minutes: limit(
    'PASSWORDS_PER_ACCOUNT',
    10,
    'failures in 15 minutes',
    'Wrong passwords an account, from devices that it does not know.',
  ),
  passwordFailuresPerAddressPer15Minutes: limit(
    'PASSWORDS_PER_ADDRESS',
    100,
    'failures in 15 minutes',
    'Wrong passwords an address.',
  ),
  clientSecretFailuresPerClientPerMinute: limit(
    'CLIENT_SECRETS_PER_CLIENT',
    30,
    'failures a minute',
    'Wrong client secrets an OAuth client and address.',
  ),
  clientSecretFailuresPerAddressPerMinute: limit(
    'CLIENT_SECRETS_PER_ADDRESS',
    300,
    'failures a minute',
    'Wrong client secrets an address.',
  ),
  unknownCredentialsPerAddressPerMinute: limit(
    'UNKNOWN_CREDENTIALS_PER_ADDRESS',
    100,
    'failures a minute',
    'Unknown API keys and tokens an address.',
  ),
  oneTimeTokenFailuresPerAddressPerMinute: limit(
    'ONE_TIME_TOKENS_PER_ADDRESS',
    30,
    'failures a minute',
    'Wrong set-up, reset, invitation and poll tokens an address.',
  ),
  importedKeyHashesPerAddressPerMinute: limit(
    'IMPORTED_KEY_HASHES_PER_ADDRESS',
    60,
    'failures a minute',
    'Slow hashes of imported keys that strangers at an address try in vain.',
  ),
  importedKeyHashesPerPrefixPerMinute: limit(
    'IMPORTED_KEY_HASHES_PER_PREFIX',
    300,
    'failures a minute',
    'Slow hashes of an organization with the same prefix that strangers try in vain.',
  ),
  leakReportedKeysPerAddressPerHour: limit(
    'LEAK_REPORTS_PER_ADDRESS',
    10_000,
    'keys an hour',
    'API keys that an address may report as leaked.',
  ),
  deviceLoginsPerAddressPerHour: limit(
    'DEVICE_LOGINS_PER_ADDRESS',
    30,
    'logins an hour',
    'Device logins that an address may start.',
  ),
} as const;
