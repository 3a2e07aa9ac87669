// Loaded into a server before it starts (`node --import`): its log gets a line for each signature
// that it checks.
import { writeSync } from 'node:fs';

const { verify } = SubtleCrypto.prototype;

SubtleCrypto.prototype.verify = function (...given) {
  writeSync(1, 'a signature was checked\n');
  return verify.apply(this, given);
};
