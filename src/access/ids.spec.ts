import { TypeID } from 'typeid-js';
import { parse, v4, v7 } from 'uuid';
import { decodeId, encodeId, ID_PREFIXES, type IdKind, textOfUuid } from './ids.js';

const KINDS = Object.keys(ID_PREFIXES) as IdKind[];
const EDGES = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
const uuids = [...EDGES, ...Array.from({ length: 500 }, () => [v4(), v7()]).flat()];

it('writes a UUID as the library does', () => {
  for (const uuid of uuids) expect(textOfUuid(parse(uuid))).toBe(uuid);
});

describe('the wire form of ids', () => {
  it('is a TypeID, and the same UUID again', () => {
    for (const [index, uuid] of uuids.entries()) {
      const kind = KINDS[index % KINDS.length] ?? 'user';
      const text = encodeId(kind, uuid);
      expect(text).toBe(TypeID.fromUUID(ID_PREFIXES[kind], uuid).toString());
      expect(decodeId(kind, text)).toBe(uuid);
    }
  });
});
