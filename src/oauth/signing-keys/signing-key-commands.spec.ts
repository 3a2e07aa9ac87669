import { commandOf } from './signing-key-commands.js';

describe('the words after npm run signing-key', () => {
  it.each([['list'], ['rotate'], ['rotate', '--now'], ['retire', '-a_kid']])(
    'are understood: %s %s',
    (...words) => {
      expect(commandOf(words)).toBeInstanceOf(Function);
    },
  );

  it.each([
    [[]],
    [['']],
    [['lists']],
    [['list', 'all']],
    [['rotate', '--later']],
    [['rotate', '--now', 'x']],
    [['rotate', '']],
    [['retire']],
    [['retire', '']],
    [['retire', 'a', 'b']],
  ])('ask for nothing: %j', (words) => {
    expect(commandOf(words)).toBeNull();
  });
});
