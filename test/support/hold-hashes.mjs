// Loaded into a server before it starts (`node --import`): SIGUSR2 lets the hashes of imported keys
// (bcrypt alone) wait, and the next one lets them go on. Each is told in the log.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const bcrypt = createRequire(import.meta.url)('@node-rs/bcrypt');
const { verify } = bcrypt;
let held = Promise.resolve();
let release = null;

process.on('SIGUSR2', () => {
  if (release) {
    release();
    release = null;
  } else {
    held = new Promise((resolve) => {
      release = resolve;
    });
  }
  writeSync(1, release ? 'hashes are held\n' : 'hashes go on\n');
});

bcrypt.verify = async (...given) => {
  await held;
  return verify(...given);
};
