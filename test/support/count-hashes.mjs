// Loaded into a server before it starts (`node --import`): its log gets a line for each password that
// it hashes, be it for storing or for comparing, and one for each hash of an imported key that it
// tries (bcrypt alone, so that the two are not mixed up).
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function count(library, names, line) {
  for (const name of names) {
    const original = library[name];
    library[name] = (...given) => {
      writeSync(1, `${line}\n`);
      return original(...given);
    };
  }
}

count(require('@node-rs/argon2'), ['hash', 'verify'], 'a password was hashed');
count(require('@node-rs/bcrypt'), ['verify'], 'an imported hash was tried');
