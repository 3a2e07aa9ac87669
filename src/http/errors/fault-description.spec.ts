import { QueryFailedError } from 'typeorm';
import { describeFault, withoutValues } from './fault-description.js';

const CANARY = 'capy_live_canary0123456789canary0123456789';

describe('S59: what the log says of an error', () => {
  it('has the place and the kind of the error', () => {
    const description = describeFault(new TypeError('x is not a function'));
    expect(description).toMatchObject({ type: 'TypeError', message: 'x is not a function' });
    expect(description.at[0]).toMatch(/^at .*fault-description\.spec/);
  });

  it('has neither the values of a statement nor what the database says of them', () => {
    const driverError = Object.assign(new Error(`invalid input syntax for uuid: "${CANARY}"`), {
      code: '22P02',
      detail: `Key (email)=(${CANARY}) already exists.`,
      where: CANARY,
      constraint: 'UQ_users_email',
    });
    const error = new QueryFailedError('SELECT $1', [CANARY], driverError);
    const description = describeFault(error);
    expect(description).toMatchObject({
      type: 'QueryFailedError',
      code: '22P02',
      constraint: 'UQ_users_email',
      query: 'SELECT $1',
      message: 'invalid input syntax for uuid: "..."',
    });
    expect(JSON.stringify(description)).not.toContain('canary');
  });

  it('follows causes, but not for ever', () => {
    const error = new Error(`outer ${CANARY}`);
    error.cause = error;
    const text = JSON.stringify(describeFault(error));
    expect(text).toContain('"cause"');
    expect(text).not.toContain('canary');
  });

  it('takes what was thrown and is no error', () => {
    expect(describeFault(`"${CANARY}"`)).toEqual({ type: 'string', message: '"..."', at: [] });
  });

  it('leaves out quoted text and long words alone', () => {
    expect(withoutValues(`bad "a", 'b' and ${CANARY} at 5`)).toBe(`bad "...", '...' and ... at 5`);
  });
});
