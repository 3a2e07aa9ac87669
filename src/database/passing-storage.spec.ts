import { AsyncLocalStorage } from 'node:async_hooks';
import { PassingStorage } from './passing-storage.js';

const storage = new PassingStorage<string>();
const turn = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

it('holds for what the work calls, each for its own, and outside of it for nobody', async () => {
  const inside = (value: string) =>
    storage.run(value, async () => {
      await turn();
      const before = storage.get();
      await turn();
      return [before, storage.get()];
    });
  const all = await Promise.all([inside('first'), inside('second'), inside('third')]);
  expect(all).toEqual([
    ['first', 'first'],
    ['second', 'second'],
    ['third', 'third'],
  ]);
  expect(storage.get()).toBeUndefined();
});

it('lets one go on while another one ends, and begins anew after all have', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const long = storage.run('long', async () => {
    await gate;
    return storage.get();
  });
  await expect(storage.run('short', () => Promise.reject(new Error('it failed')))).rejects.toThrow(
    'it failed',
  );
  open();
  expect(await long).toBe('long');
  expect(await storage.run('again', async () => (await turn(), storage.get()))).toBe('again');
});

it('is shut as soon as nobody is inside, and not before', async () => {
  const { prototype } = AsyncLocalStorage;
  const disable = Object.getOwnPropertyDescriptor(prototype, 'disable')!;
  let shut = 0;
  const value = function (this: AsyncLocalStorage<unknown>): void {
    shut += 1;
    (disable.value as () => void).call(this);
  };
  Object.defineProperty(prototype, 'disable', { ...disable, value });
  try {
    await storage.run('long', async () => {
      await storage.run('short', turn);
      expect(shut).toBe(0);
    });
    expect(shut).toBe(1);
  } finally {
    Object.defineProperty(prototype, 'disable', disable);
  }
});
