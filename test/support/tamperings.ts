import { createHash, randomUUID } from 'node:crypto';

/** A statement, and its parameters. */
export type Statement = readonly [sql: string, values?: readonly unknown[]];

/** What somebody who has the whole database and not the master secret does to a chain. */
export interface Tampering {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Whether it can be found by a checkpoint alone that was kept elsewhere. */
  readonly needsRemembered?: boolean;
}

/** What is known of the chain that is tampered with. */
export interface Victim {
  readonly chain: string;
  /** How many events it has. */
  readonly length: number;
  /** Heads that it really had, by the number of the event that they were at. */
  readonly heads: ReadonlyMap<number, object>;
  /** UUID of another organization. */
  readonly stranger: string;
}

/** Whole numbers that look random and are the same for the same seed (mulberry32). */
export function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** Each makes of a value another one. */
const CHANGES = [
  `id = gen_random_uuid()`,
  `sequence = sequence + 1000`,
  `sequence = -sequence`,
  `action = action || '.'`,
  `actor_kind = CASE actor_kind WHEN 'system' THEN 'user' ELSE 'system' END`,
  `actor_id = coalesce(actor_id, '') || '0'`,
  `organization_id = NULL`,
  `project_id = CASE WHEN project_id IS NULL THEN id END`,
  `target_id = CASE WHEN target_id IS NULL THEN 'x' END`,
  `ip = coalesce(ip, '') || '1'`,
  `request_id = coalesce(request_id, '') || 'r'`,
  `metadata = metadata || '{"planted": true}'`,
  `metadata = '[]'`,
  `created_at = created_at + interval '1 microsecond'`,
  `created_at = created_at - interval '400 days'`,
  `canonical = canonical || E'\\n'`,
  `canonical = replace(canonical, '"ip":', '"ip": ')`,
  `canonical = replace(canonical, '"action":"', '"action":"x'), action = 'x' || action`,
  `hash = set_byte(hash, 0, get_byte(hash, 0) # 1)`,
  `hash = set_byte(hash, 31, get_byte(hash, 31) # 128)`,
];

const TRUNCATE = 'DELETE FROM audit_events WHERE chain = $1 AND sequence > $2';
const PUT_HEAD_BACK = `
  UPDATE audit_chain_heads head SET sequence = event.sequence, hash = event.hash
    FROM audit_events event
   WHERE event.chain = $1 AND event.sequence = $2 AND head.chain = $1`;

/** One of the things that can be done, with chance deciding what to. */
export function randomTampering(victim: Victim, roll: (sides: number) => number): Tampering {
  const make = TAMPERINGS[roll(TAMPERINGS.length)]!;
  return make(victim, roll);
}

type Make = (victim: Victim, roll: (sides: number) => number) => Tampering;

const update: Make = ({ chain, length }, roll) => {
  const [change, sequence] = [CHANGES[roll(CHANGES.length)]!, 1 + roll(length)];
  return {
    name: `UPDATE ${sequence}: ${change}`,
    statements: [
      [`UPDATE audit_events SET ${change} WHERE chain = $1 AND sequence = $2`, [chain, sequence]],
    ],
  };
};

const remove: Make = ({ chain, length }, roll) => {
  const first = 1 + roll(length);
  const last = first + roll(3);
  return {
    name: `DELETE ${first} to ${last}`,
    statements: [
      [
        'DELETE FROM audit_events WHERE chain = $1 AND sequence BETWEEN $2 AND $3',
        [chain, first, last],
      ],
    ],
  };
};

/** The numbers of two events, or everything but the numbers. */
const swap: Make = ({ chain, length }, roll) => {
  const one = 1 + roll(length);
  const other = 1 + ((one + roll(length - 1)) % length);
  return {
    name: `swap ${one} and ${other}`,
    statements: [
      [
        `UPDATE audit_events SET sequence = $2::bigint + $3 - sequence
          WHERE chain = $1 AND sequence IN ($2, $3)`,
        [chain, one, other],
      ],
    ],
  };
};

/** A copy somewhere else, sometimes with a hash that is right but for the key. */
const insert: Make = ({ chain, length }, roll) => {
  const [from, to] = [1 + roll(length), roll(length + 2)];
  const forged = createHash('sha256').update(`${chain} ${to}`).digest('hex');
  const changes = {
    id: randomUUID(),
    sequence: to,
    ...(roll(2) === 0 && { hash: `\\x${forged}` }),
  };
  return {
    name: `INSERT a copy of ${from} as ${to}`,
    statements: [
      [
        `INSERT INTO audit_events
         SELECT (jsonb_populate_record(event, $3)).* FROM audit_events event
          WHERE chain = $1 AND sequence = $2`,
        [chain, from, JSON.stringify(changes)],
      ],
    ],
  };
};

const plantElsewhere: Make = ({ chain, length, stranger }, roll) => {
  const sequence = 1 + roll(length);
  return {
    name: `plant a copy of ${sequence} beside the chain`,
    statements: [
      [
        `INSERT INTO audit_events
         SELECT (jsonb_populate_record(event, $3)).* FROM audit_events event
          WHERE chain = $1 AND sequence = $2`,
        [chain, sequence, JSON.stringify({ id: randomUUID(), chain: stranger })],
      ],
    ],
  };
};

const truncate: Make = ({ chain, length, heads }, roll) => {
  // A head is known from the second event on.
  const kept = 2 + roll(length - 2);
  const cut: Statement = [TRUNCATE, [chain, kept]];
  const ways: Tampering[] = [
    { name: `truncate after ${kept}`, statements: [cut] },
    {
      name: `truncate after ${kept} and put the head back`,
      statements: [cut, [PUT_HEAD_BACK, [chain, kept]]],
    },
    {
      name: `truncate after ${kept} and bring the head back that was there`,
      statements: [cut, ...oldHead(chain, heads.get(kept)!)],
    },
    {
      name: `truncate after ${kept} with a forged checkpoint`,
      statements: [
        cut,
        ...oldHead(chain, heads.get(kept)!),
        [
          `UPDATE audit_checkpoints checkpoint SET sequence = head.sequence, hash = head.hash
             FROM audit_chain_heads head WHERE head.chain = $1 AND checkpoint.chain = $1`,
          [chain],
        ],
      ],
    },
    {
      name: `truncate after ${kept}, checkpoint and all`,
      needsRemembered: true,
      statements: [
        cut,
        ...oldHead(chain, heads.get(kept)!),
        ['DELETE FROM audit_checkpoints WHERE chain = $1', [chain]],
      ],
    },
    {
      name: 'delete everything',
      statements: [
        [TRUNCATE, [chain, 0]],
        ['DELETE FROM audit_chain_heads WHERE chain = $1', [chain]],
        ['DELETE FROM audit_checkpoints WHERE chain = $1', [chain]],
      ],
    },
  ];
  return ways[roll(ways.length)]!;
};

/** The head of a chain as it once was. */
export function oldHead(chain: string, head: object): Statement[] {
  return [
    ['DELETE FROM audit_chain_heads WHERE chain = $1', [chain]],
    [
      'INSERT INTO audit_chain_heads SELECT * FROM jsonb_populate_record(NULL::audit_chain_heads, $1)',
      [JSON.stringify(head)],
    ],
  ];
}

/** The beginning, as if it had grown old. */
const shorten: Make = ({ chain, length }, roll) => {
  const removed = 1 + roll(length - 1);
  return {
    name: `shorten by the first ${removed} and move the anchor`,
    statements: [
      [
        `UPDATE audit_chain_heads head SET anchor_sequence = event.sequence, anchor_hash = event.hash
           FROM audit_events event
          WHERE event.chain = $1 AND event.sequence = $2 AND head.chain = $1`,
        [chain, removed],
      ],
      ['DELETE FROM audit_events WHERE chain = $1 AND sequence <= $2', [chain, removed]],
    ],
  };
};

const changeHead: Make = ({ chain }, roll) => {
  const changes = [
    'sequence = sequence + 1',
    'hash = set_byte(hash, 5, get_byte(hash, 5) # 4)',
    'anchor_sequence = anchor_sequence + 1',
    'anchor_hash = set_byte(anchor_hash, 5, get_byte(anchor_hash, 5) # 4)',
    'mac = set_byte(mac, 5, get_byte(mac, 5) # 4)',
    `mac = ''`,
  ];
  const change = changes[roll(changes.length)]!;
  return {
    name: `the head: ${change}`,
    statements: [[`UPDATE audit_chain_heads SET ${change} WHERE chain = $1`, [chain]]],
  };
};

/** As often as they stand here. */
const TAMPERINGS: readonly Make[] = [
  update,
  update,
  remove,
  swap,
  insert,
  plantElsewhere,
  truncate,
  truncate,
  shorten,
  changeHead,
];
