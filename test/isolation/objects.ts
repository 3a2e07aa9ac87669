import { encodeId, ID_PREFIXES, newId } from '../../src/access/ids.js';
import { randomBase62 } from '../../src/access/secrets/secret.js';
import { KeyFormat } from '../../src/api-keys/format/key-format.js';

const KEYS = new KeyFormat('capy');

/** Everything that a request can name, by its id or by its secret. */
export const KINDS = [
  'organization',
  'user',
  'membership',
  'project',
  'apiKey',
  'client',
  'clientSecret',
  'invitation',
  'session',
  'mail',
  'deviceLogin',
  'plaintextKey',
  'accessToken',
] as const;
export type Kind = (typeof KINDS)[number];

/** One of each kind. */
export type Objects = Readonly<Record<Kind, string>>;

/** Well-formed, and nobody has ever seen one of them. */
export function absentObjects(): Objects {
  return {
    organization: encodeId('organization', newId()),
    user: encodeId('user', newId()),
    membership: encodeId('membership', newId()),
    project: encodeId('project', newId()),
    apiKey: encodeId('apiKey', newId()),
    client: randomBase62(40),
    clientSecret: encodeId('clientSecret', newId()),
    invitation: encodeId('invitation', newId()),
    session: encodeId('session', newId()),
    mail: `msg_${encodeId('session', newId()).slice('ses_'.length)}`,
    deviceLogin: encodeId('deviceLogin', newId()),
    plaintextKey: KEYS.generate('live').plaintext,
    accessToken: randomBase62(47),
  };
}

/**
 * Ids of things that are there, under the prefix of another kind: the UUID alone must not open a
 * door. What is no TypeID is replaced by one.
 */
export function mistypedObjects(objects: Objects): Objects {
  return mapObjects(objects, (id) => {
    const isId = Object.values(ID_PREFIXES).some((prefix) => id.startsWith(`${prefix}_`));
    return isId ? `evt_${id.slice(id.indexOf('_') + 1)}` : encodeId('auditEvent', newId());
  });
}

/** Nothing that an id could be, and safe to stand in a path. */
export function malformedObjects(objects: Objects): Objects {
  return mapObjects(objects, () => "x' OR 1=1 --");
}

function mapObjects(objects: Objects, change: (id: string) => string): Objects {
  const changed = Object.entries(objects).map(([kind, id]) => [kind, change(id)]);
  return Object.fromEntries(changed) as Objects;
}
