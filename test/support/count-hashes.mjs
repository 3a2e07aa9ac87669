// Loaded into a server before it starts (`node --import`): its log gets a line for each password that
// it hashes, be it for storing or for comparing.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const argon2 = createRequire(import.meta.url)('@node-rs/argon2');
for (const name of ['hash', 'verify']) {
  const original = argon2[name];
  argon2[name] = (...given) => {
    writeSync(1, 'a password was hashed\n');
    return original(...given);
  };
}
