import { RecentChanges } from './recent-changes.js';

describe('recent changes', () => {
  it('tells what has changed since', () => {
    const changes = new RecentChanges();
    const before = changes.position;
    changes.note('a');
    expect(changes.hasChanged(before, ['b', 'a'])).toBe(true);
    expect(changes.hasChanged(before, ['b'])).toBe(false);
    expect(changes.hasChanged(changes.position, ['a'])).toBe(false);
  });

  it('takes what it has forgotten for changed', () => {
    const changes = new RecentChanges(2);
    const before = changes.position;
    changes.note('a');
    const afterFirst = changes.position;
    for (const subject of ['b', 'c']) changes.note(subject);
    expect(changes.hasChanged(before, ['a'])).toBe(true);
    expect(changes.hasChanged(before, ['never'])).toBe(true);
    expect(changes.hasChanged(afterFirst, ['never'])).toBe(false);
    expect(changes.hasChanged(afterFirst, ['c'])).toBe(true);
  });

  it('forgets everything where everything has changed', () => {
    const changes = new RecentChanges();
    const before = changes.position;
    changes.note('everything');
    expect(changes.hasChanged(before, [])).toBe(true);
    expect(changes.hasChanged(changes.position, ['a'])).toBe(false);
  });
});
