import { explainPoolerRefusal } from './connection-errors.js';

const URL = 'postgresql://keycap:secret@pooler.test:6432/keycap';

describe('a pooler that refuses what a connection asks for', () => {
  it('is told how to let it pass, without a credential', () => {
    const error = new Error('unsupported startup parameter: statement_timeout');
    const message = explainPoolerRefusal(error, URL)?.message ?? '';
    expect(message).toMatch(
      /^The pooler at pooler\.test:6432 refuses statement_timeout: let it pass/,
    );
    expect(message).toContain('ignore_startup_parameters = extra_float_digits,statement_timeout,');
    expect(message).not.toContain('secret');
  });

  it('is the reason of no other failure', () => {
    expect(explainPoolerRefusal(new Error('connection refused'), URL)).toBeNull();
    expect(explainPoolerRefusal('unsupported startup parameter: x', URL)).toBeNull();
  });
});
