import { ID_PREFIXES, type IdKind } from '../../access/ids.js';
import { type Components, isReference, type Parameter } from './openapi-types.js';
import { withStandardExamples } from './schemas.js';

type FullParameter = Exclude<Parameter, { $ref: string }>;

const EXAMPLE_SUFFIX = '01kaw2hxk5f0c9xd2zp7r3m8qe';
/** A UUID in Crockford's base32, as TypeID writes it. */
const SUFFIX_PATTERN = '[0-7][0-9a-hjkmnp-tv-z]{25}';

function idParameter(name: string, kind: IdKind, description: string): FullParameter {
  const prefix = ID_PREFIXES[kind];
  return {
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', pattern: `^${prefix}_${SUFFIX_PATTERN}$` },
    example: `${prefix}_${EXAMPLE_SUFFIX}`,
  };
}

const PATH_PARAMETERS: readonly FullParameter[] = [
  idParameter('orgID', 'organization', 'The organization.'),
  idParameter('keyID', 'apiKey', 'The API key.'),
  idParameter('secretID', 'clientSecret', 'The secret of the client.'),
  idParameter('invitationID', 'invitation', 'The invitation.'),
  idParameter('projectID', 'project', 'The project.'),
  idParameter('sessionID', 'session', 'The session.'),
  idParameter('userID', 'user', 'The user; in an organization, the member that he is.'),
  idParameter('mailID', 'outgoingMail', 'The mail.'),
  idParameter('loginID', 'deviceLogin', 'The device login.'),
  idParameter('organizationID', 'organization', 'The organization.'),
  {
    name: 'clientID',
    in: 'path',
    required: true,
    description: 'The `client_id`.',
    schema: { type: 'string', pattern: '^[0-9A-Za-z]{40}$' },
    example: 'q3ZbT0mLr8XyVn5KcW1aHs7DgJf2EuPo9RiQx6Bt',
  },
  {
    name: 'ref',
    in: 'path',
    required: true,
    description: 'The member: a user id, a membership id, or `me`.',
    schema: { type: 'string', pattern: `^(me|(usr|mem)_${SUFFIX_PATTERN})$` },
    example: `usr_${EXAMPLE_SUFFIX}`,
  },
];

const REQUEST_HEADERS: readonly FullParameter[] = [
  {
    name: 'X-Setup-Token',
    in: 'header',
    required: true,
    description: 'The one-time token that the first start printed.',
    schema: { type: 'string' },
    example: 'kcsetup_mZ0fX2c6m0w5Yb8dQ1kq7pJ3xRz9vT4sLh6aNg2EuWo',
  },
  {
    name: 'X-Invitation-Token',
    in: 'header',
    required: true,
    description: 'What follows `#token=` in the link of the invitation.',
    schema: { type: 'string' },
    example: 'kci_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
  },
  ...['X-Keycap-Poll-Token', 'X-CapyDB-Poll-Token'].map((name) => ({
    name,
    in: 'header' as const,
    required: false,
    description: 'The poll token of the device login; one of the two headers is enough.',
    schema: { type: 'string' as const },
    example: 'kcd_4fJ0mYw1c3Rk9TqXe7LzB2vNuH5sPdGa8KoVtWiEyC6',
  })),
];

/** `components.parameters`: what paths and headers may hold. */
export const PARAMETERS: NonNullable<Components['parameters']> = Object.fromEntries(
  [...PATH_PARAMETERS, ...REQUEST_HEADERS].map((parameter) => [parameter.name, parameter]),
);

/**
 * The parameters of an operation, those of its path included. What stands in `components` is
 * referred to.
 *
 * @param found what the handler's own decorators say
 */
export function parametersOf(path: string, found: readonly Parameter[]): Parameter[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  const others = found.filter((each) => isReference(each) || each.in !== 'path');
  return [...inPath, ...others.map(sharedOrOwn)];
}

function sharedOrOwn(parameter: Parameter): Parameter {
  if (isReference(parameter)) return parameter;
  if (parameter.in === 'query') return withoutPrefill(parameter);
  const wanted = parameter.name.toLowerCase();
  const shared = REQUEST_HEADERS.find(({ name }) => name.toLowerCase() === wanted);
  return shared ? { $ref: `#/components/parameters/${shared.name}` } : parameter;
}

/** Swagger UI sends a parameter's `example` unless it is deleted; `examples` it only shows. */
function withoutPrefill({ schema = {}, ...parameter }: FullParameter): FullParameter {
  return { ...parameter, schema: withStandardExamples(schema) };
}
