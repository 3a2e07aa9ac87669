import { type OpenAPIObject } from '@nestjs/swagger';

/** What concerns every operation (Markdown). */
export const INTRODUCTION = `Organizations, OAuth 2.0 for machines, and API keys.

**Credentials.** A signed-in person sends its session as \`Authorization: Bearer kcs_...\`, in the
dashboard as the cookie that signing in there sets; a service
its access token as \`Authorization: Bearer ...\`, a script its API key as \`X-API-Key: ...\` or
\`Authorization: Bearer ...\`; an OAuth client shows its own id and secret by HTTP Basic. One request
carries one credential: \`Authorization\` and \`X-API-Key\` together are 400. An organization that the
caller can't see is 404, and what it may not do there is 403.

**Requests.** Bodies are JSON, at the OAuth endpoints forms. Every path is served with and without a
slash at its end, and HEAD answers as GET. Ids are opaque text. Times are RFC 3339 in UTC.

**Lists** are newest first. \`next_cursor\`, given as \`cursor\`, gets the next page; \`null\` is the end.

**Refusals** have a stable \`code\`. Every answer has an \`X-Request-Id\`, by which the log knows the
request.`;

/** The groups of operations, in the order in which they are shown. */
export const TAGS: NonNullable<OpenAPIObject['tags']> = [
  { name: 'OAuth 2.0', description: 'Access tokens for machines (RFC 6749).' },
  {
    name: 'Organization API',
    description:
      "Keyo's Organization API under `/api/v3/public/`, as Django REST Framework words it. " +
      'Take an access token with the scope `read` or `write`; `write` does not stand for `read`. ' +
      '`Accept: application/json; version=v2` is accepted.',
  },
  { name: 'Set-up', description: 'The first owner and organization, once.' },
  { name: 'Sessions', description: 'People sign in and out.' },
  { name: 'Users', description: 'The person who calls, and what it may do where.' },
  { name: 'Organizations', description: 'The tenants.' },
  { name: 'Members', description: 'Who belongs to an organization, and with which role.' },
  { name: 'Invitations', description: 'How people become members.' },
  { name: 'Projects', description: 'What credentials can be confined to.' },
  {
    name: 'API keys',
    description: 'Credentials for scripts and services, and their verification.',
  },
  {
    name: 'Device login',
    description: 'Keys for command-line tools and agents, which a person approves.',
  },
  { name: 'OAuth clients', description: 'Who gets access tokens; clients and their secrets.' },
  { name: 'Audit', description: 'What was changed, by whom and from where.' },
  { name: 'Operators', description: 'Internal admin tooling across all organizations.' },
  { name: 'Health', description: 'For load balancers and supervisors.' },
];

export const KEYO_TITLE = 'Organization API';

/** What concerns Keyo's part alone (Markdown). */
export const KEYO_INTRODUCTION = `Manage an organization and its members from your own systems.

1. An owner or admin creates an OAuth client and hands you its \`basic_credential\`.
2. \`POST /o/token/\` with it answers an access token. In this page: **Authorize**, \`access_token\`,
   with \`client_id\` and \`client_secret\`.
3. Send the token as \`Authorization: Bearer ...\`.

Reading needs the scope \`read\`, changing the scope \`write\`; \`write\` does not stand for \`read\`. An
API key with these scopes is accepted as well.`;
