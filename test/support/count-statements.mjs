// Loaded into a server before it starts (`node --import`): its log gets a line for each statement that
// it sends to PostgreSQL and for each answer that it gives, in their order.
import { writeSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** Of PostgreSQL's protocol: a simple query, and one that is prepared. */
const QUERY = 'Q'.charCodeAt(0);
const PARSE = 'P'.charCodeAt(0);

function statementIn(message) {
  if (!Buffer.isBuffer(message) || message.length < 6) return null;
  if (message[0] !== QUERY && message[0] !== PARSE) return null;
  if (message.readInt32BE(1) !== message.length - 1) return null;
  const text = message.subarray(5).toString('latin1').split('\0');
  const statement = message[0] === QUERY ? text[0] : text[1];
  // The log of changes is read four times a second, whatever is asked.
  return statement.includes('keycap: the log of changes') ? null : statement;
}

const write = Socket.prototype.write;
Socket.prototype.write = function (message, ...more) {
  const statement = statementIn(message);
  if (statement !== null) writeSync(1, `statement: ${statement.replace(/\s+/g, ' ')}\n`);
  return write.call(this, message, ...more);
};

const end = ServerResponse.prototype.end;
ServerResponse.prototype.end = function (...given) {
  writeSync(1, 'an answer was given\n');
  return end.apply(this, given);
};
