import { createSocket } from 'node:dgram';

/** Records in hexadecimal: 8 digits for each IPv4 address, 32 for each IPv6 address. */
export interface Records {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
}

/** A name server on loopback. */
export interface DnsServer {
  readonly address: string;
  /** Those that came so far. */
  questions(): number;
  close(): Promise<void>;
}

const HEADER_BYTES = 12;
const TYPES: Readonly<Record<number, keyof Records>> = { 1: 'A', 28: 'AAAA' };
const POINTER_TO_NAME = 'c00c';
const CLASS_AND_TTL = '000100000000';

/** @param records of every name there is; null for a server that never answers */
export async function openDnsServer(records: Records | null): Promise<DnsServer> {
  let questions = 0;
  const socket = createSocket('udp4', (query, { address, port }) => {
    questions += 1;
    if (records) socket.send(answerTo(query, records), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions: () => questions,
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

/** RFC 1035 §4.1. */
function answerTo(query: Buffer, records: Records): Buffer {
  const endOfName = query.indexOf(0, HEADER_BYTES) + 1;
  const question = query.subarray(HEADER_BYTES, endOfName + 4);
  const type = query.readUInt16BE(endOfName);
  const found = records[TYPES[type] ?? 'A'] ?? [];
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found.length, 6);
  const answers = found.map((data) =>
    [POINTER_TO_NAME, hex16(type), CLASS_AND_TTL, hex16(data.length / 2), data].join(''),
  );
  return Buffer.concat([header, question, Buffer.from(answers.join(''), 'hex')]);
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0');
}
