import { randomBytes } from 'node:crypto';
import { openAnswer, sealAnswer } from './sealed-answer.js';

const key = randomBytes(32);
const recordId = randomBytes(32);
const answer = '{"plaintext_api_key":"capy_live_ä"}';

describe('a sealed answer', () => {
  const sealed = sealAnswer(key, recordId, answer);

  it('opens in the record it was sealed for', () => {
    expect(openAnswer(key, recordId, sealed)).toBe(answer);
  });

  it('shows nothing of itself, and never looks the same twice', () => {
    expect(sealed.toString('latin1')).not.toContain('capy');
    expect(sealAnswer(key, recordId, answer).equals(sealed)).toBe(false);
  });

  it('S56: does not open in another record, under another key, or changed', () => {
    expect(openAnswer(key, randomBytes(32), sealed)).toBeNull();
    expect(openAnswer(randomBytes(32), recordId, sealed)).toBeNull();
    for (const index of [0, 12, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(openAnswer(key, recordId, changed)).toBeNull();
    }
    expect(openAnswer(key, recordId, sealed.subarray(0, 20))).toBeNull();
    expect(openAnswer(key, recordId, Buffer.alloc(0))).toBeNull();
  });
});
