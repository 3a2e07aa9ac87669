/** What a finished start tells the operator. */
export interface StartedServer {
  readonly version: string;
  readonly publicUrl: string;
  /** Such as `PostgreSQL 18.4 (embedded, data in /srv/keycap/.keycap)`. */
  readonly database: string;
  readonly swaggerUi: boolean;
  /** The one secret that is ever printed; `null` once somebody owns the installation. */
  readonly setupToken: string | null;
  /** Where `/v1/admin` has a port of its own; `null` where it has none. */
  readonly adminUrl: string | null;
  /** Variables that are set and do nothing in this version. */
  readonly withoutEffect: readonly string[];
  /** A proxy is in front, and no address of one is trusted: every request seems to be its own. */
  readonly proxyUnnamed: boolean;
}

/** Names what is served and the first request to send. */
export function bannerOf(server: StartedServer): readonly string[] {
  const { adminUrl, database, publicUrl, swaggerUi, version } = server;
  const docs = [
    `  API docs    ${publicUrl}/docs`,
    `  Keyo API    ${publicUrl}/api/v3/public/docs/`,
  ];
  return [
    `Keycap ${version}   ${database}`,
    `  Address     ${publicUrl}`,
    ...(adminUrl === null ? [] : [`  Admin API   ${adminUrl}/v1/admin`]),
    ...(swaggerUi ? docs : []),
    ...firstRequest(server),
    ...notes(server).map((note) => `  Note        ${note}`),
  ];
}

function notes({ withoutEffect, proxyUnnamed }: StartedServer): readonly string[] {
  const oneAddress = 'every client counts as one address: name the proxy in KEYCAP_TRUSTED_PROXIES';
  return [
    ...withoutEffect.map((name) => `${name} has no effect in this version`),
    ...(proxyUnnamed ? [oneAddress] : []),
  ];
}

function firstRequest({ publicUrl, setupToken }: StartedServer): readonly string[] {
  const body = (members: Record<string, string>): string =>
    `                -H 'Content-Type: application/json' -d '${JSON.stringify(members)}'`;
  if (setupToken === null) {
    return [
      `  Sign in     curl -X POST ${publicUrl}/v1/sessions \\`,
      body({ email: 'you@example.com', password: 'your password' }),
    ];
  }
  return [
    `  Set up      curl -X POST ${publicUrl}/v1/setup -H 'X-Setup-Token: ${setupToken}' \\`,
    body({
      email: 'you@example.com',
      password: '<password>',
      organization_name: 'Example',
    }),
  ];
}
