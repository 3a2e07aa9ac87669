import { isLoopbackHost } from './config-values.js';
import { StartError } from './start-error.js';
import type { Variable } from './config-variables.js';
import { VARIABLES } from './config-variables.js';

/**
 * Everything that the environment decides, frozen. One member for each entry of `VARIABLES`, which
 * says its meaning and unit; `dataDirGiven` tells whether the operator chose the folder.
 */
export type Config = {
  readonly [Key in keyof typeof VARIABLES]: (typeof VARIABLES)[Key] extends Variable<infer T>
    ? T
    : never;
} & { readonly dataDirGiven: boolean };

/** What the application needs beside its code: the configuration and what start-up found out. */
export interface Runtime {
  readonly config: Config;
  /** The database in use: `DATABASE_URL`, or the embedded one's. */
  readonly databaseUrl: string;
  readonly secret: string;
  readonly formerSecrets: readonly string[];
  /** OAuth issuer and start of every link, without trailing slash. */
  readonly publicUrl: string;
  /** Of this program. */
  readonly version: string;
}

/** A wrong setting; the message is one sentence for the operator and holds no secret. */
class ConfigError extends StartError {
  override readonly name = 'ConfigError';
}

const known: readonly Variable<unknown>[] = Object.values(VARIABLES);

/**
 * Reads and checks the environment. An empty variable counts as unset.
 * @throws ConfigError naming the first wrong variable, its value unless secret, and what is allowed
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  refuseUnknownNames(env);
  const values = Object.fromEntries(
    Object.entries<Variable<unknown>>(VARIABLES).map(([key, variable]) => [
      key,
      readVariable(variable, env),
    ]),
  );
  const config = { ...values, dataDirGiven: Boolean(env.KEYCAP_DATA_DIR) } as Config;
  refuseUnfitCombinations(config);
  return deepFreeze(config);
}

/**
 * The address that clients use, without trailing slash.
 * @param port the port that the server listens on, which `PORT=0` leaves open
 */
export function publicUrlOf(config: Config, port: number): string {
  if (config.publicUrl !== null) return config.publicUrl;
  const everywhere = config.host === '0.0.0.0' || config.host === '::';
  const host = everywhere ? 'localhost' : config.host;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `http://${bracketed}:${port}`;
}

function readVariable<T>(variable: Variable<T>, env: NodeJS.ProcessEnv): T | null {
  const given = env[variable.name];
  const source = given === undefined || given === '' ? variable.fallback : given;
  if (source === null) return null;
  const result = variable.schema.safeParse(source);
  if (result.success) return result.data;
  const subject = variable.secret ? variable.name : `${variable.name} is ${quoted(source)} but`;
  const reason = source.startsWith('[') ? detailOf(result.error.issues) : '';
  throw new ConfigError(`${subject} must be ${variable.allowed}${reason}.`);
}

/** Where in a JSON list the mistake is; for other values the rule itself says enough. */
function detailOf([issue]: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  return issue === undefined ? '' : ` (${issue.path.map(String).join('.')}: ${issue.message})`;
}

function quoted(source: string): string {
  return JSON.stringify(source.length > 100 ? `${source.slice(0, 100)}...` : source);
}

function refuseUnknownNames(env: NodeJS.ProcessEnv): void {
  const names = known.map(({ name }) => name);
  const unknown = Object.keys(env).find(
    (name) => name.startsWith('KEYCAP_') && !names.includes(name),
  );
  if (unknown === undefined) return;
  const [nearest = ''] = names.toSorted((a, b) => distance(unknown, a) - distance(unknown, b));
  throw new ConfigError(`${unknown} is no variable of Keycap; did you mean ${nearest}?`);
}

function refuseUnfitCombinations(config: Config): void {
  const { hostname, protocol } = new URL(publicUrlOf(config, config.port));
  const isPlain = protocol === 'http:';
  const plainOnLoopback = isPlain && isLoopbackHost(hostname);
  const listensOnLoopback = config.publicUrl !== null || isLoopbackHost(config.host);
  // The issuer is https (RFC 8414 §2); whoever ends TLS for it is reached so as well.
  if (isPlain && !plainOnLoopback) refusePlainHttp(config, '');
  if (isPlain && !listensOnLoopback && !config.behindTlsProxy) {
    refusePlainHttp(config, ', or KEYCAP_BEHIND_TLS_PROXY=1 where a proxy ends TLS');
  }
  if (config.insecureCookie && !plainOnLoopback) {
    throw new ConfigError(
      'KEYCAP_INSECURE_COOKIE must be 0 unless the public URL is plain http on loopback.',
    );
  }
  const owner = [config.ownerEmail, config.ownerPassword, config.organizationName];
  if (owner.includes(null) && owner.some((value) => value !== null)) {
    throw new ConfigError(
      'KEYCAP_OWNER_EMAIL, KEYCAP_OWNER_PASSWORD and KEYCAP_ORGANIZATION must be set together or not at all.',
    );
  }
  refuseUnfitMail(config);
  refuseSessionsOf(publicUrlOf(config, config.port), config);
  if (config.databaseUrl !== null && config.secret === null) {
    throw new ConfigError(
      'KEYCAP_SECRET must be set with DATABASE_URL: at least 32 random bytes of text, such as `openssl rand -base64 32` prints.',
    );
  }
  if (config.adminPort !== null && config.adminPort === config.port && config.port !== 0) {
    throw new ConfigError('KEYCAP_ADMIN_PORT must be another port than PORT.');
  }
  if (config.databaseUrl === null && config.databaseReplicaUrls.length > 0) {
    throw new ConfigError('DATABASE_REPLICA_URLS must be unset unless DATABASE_URL is set.');
  }
}

function refuseUnfitMail({ smtpUrl, mailFrom, mailDir }: Config): void {
  if (smtpUrl === null) return;
  if (mailFrom === null) {
    throw new ConfigError('KEYCAP_MAIL_FROM must be set with SMTP_URL: the sender of the mails.');
  }
  if (mailDir !== null) {
    throw new ConfigError('Only one of SMTP_URL and KEYCAP_MAIL_DIR can be set.');
  }
}

/**
 * A token of Keycap's own issuer is an access token of a machine: nobody signs in by it.
 *
 * @param own the OAuth issuer
 * @throws ConfigError
 */
function refuseSessionsOf(own: string, { sessionIssuers }: Config): void {
  const culprit = sessionIssuers.find(({ issuer }) => spelled(issuer) === spelled(own));
  if (culprit === undefined) return;
  throw new ConfigError(
    `KEYCAP_SESSION_ISSUERS names ${quoted(culprit.issuer)}, the public URL of Keycap itself: it must list identity providers alone.`,
  );
}

/** One spelling of an issuer, whose host and port can be written in more than one way. */
function spelled(issuer: string): string {
  return new URL(issuer).href.replace(/\/$/, '');
}

/** @param alternative what else the operator can do */
function refusePlainHttp({ publicUrl, host }: Config, alternative: string): never {
  const culprit =
    publicUrl === null ? `HOST is ${quoted(host)}` : `KEYCAP_PUBLIC_URL is ${quoted(publicUrl)}`;
  throw new ConfigError(
    `${culprit}, where plain http is not allowed: set KEYCAP_PUBLIC_URL to an https address${alternative}.`,
  );
}

/** Levenshtein distance of two names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member as object);
  }
  return Object.freeze(value);
}
