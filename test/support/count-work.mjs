// Loaded into a server before it starts (`node --import`): its log gets a line for each keyed hash
// that it computes and for each statement that it sends to the database.
import crypto from 'node:crypto';
import { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

const { createHmac } = crypto;
crypto.createHmac = (...given) => {
  writeSync(1, 'a digest was made\n');
  return createHmac(...given);
};
syncBuiltinESMExports();

/** Parse and Query (PostgreSQL's protocol, "Message Formats") begin with these letters. */
const STATEMENTS = new Set(['P', 'Q'].map((letter) => letter.charCodeAt(0)));
/** What a server reads four times a second, whatever it is asked. */
const isOfTheLog = (chunk) => chunk.includes('keycap: the log of changes');
const { write } = Socket.prototype;
Socket.prototype.write = function (chunk, ...given) {
  if (Buffer.isBuffer(chunk) && STATEMENTS.has(chunk[0]) && !isOfTheLog(chunk))
    writeSync(1, 'a statement was sent\n');
  return write.call(this, chunk, ...given);
};
