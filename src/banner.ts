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
  /** A proxy is in front, and no address of one is trusted: every request seems to be its own. */
  readonly proxyUnnamed: boolean;
}

/** Names what is served and where to begin. */
export function bannerOf(server: StartedServer): readonly string[] {
  const { adminUrl, database, publicUrl, swaggerUi, version } = server;
  const docs = [
    `  API docs    ${publicUrl}/docs`,
    `  Keyo API    ${publicUrl}/api/v3/public/docs/`,
  ];
  return [
    `Keycap ${version}   ${database}`,
    dashboardLine(server),
    ...(adminUrl === null ? [] : [`  Admin API   ${adminUrl}/v1/admin`]),
    ...(swaggerUi ? docs : []),
    `  Try it      curl -X POST ${publicUrl}/o/token/ -H 'Authorization: Basic <credential>' \\`,
    '                -d grant_type=client_credentials',
    ...notes(server).map((note) => `  Note        ${note}`),
  ];
}

function notes({ proxyUnnamed }: StartedServer): readonly string[] {
  const oneAddress = 'every client counts as one address: name the proxy in KEYCAP_TRUSTED_PROXIES';
  return proxyUnnamed ? [oneAddress] : [];
}

/** Where the first person signs up, with the one token that is ever printed; afterwards nothing more. */
function dashboardLine({ publicUrl, setupToken }: StartedServer): string {
  const first = `     first sign-in: ${publicUrl}/dashboard/setup#token=${setupToken}`;
  return `  Dashboard   ${publicUrl}/dashboard${setupToken === null ? '' : first}`;
}
