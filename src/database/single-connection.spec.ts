import { insideTransaction, SingleConnectionDataSource } from './single-connection.js';

const dataSource = new SingleConnectionDataSource({ type: 'postgres' });

it('refuses a second connection inside a transaction, and there alone', async () => {
  expect(() => dataSource.createQueryRunner()).not.toThrow();
  const inside = insideTransaction(() => Promise.resolve(dataSource.createQueryRunner()));
  await expect(inside).rejects.toThrow('use its manager');
  expect(() => dataSource.createQueryRunner()).not.toThrow();
});

it('lets work go on that a transaction left behind when it ended', async () => {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let left: Promise<unknown> = Promise.resolve();
  await insideTransaction(() => {
    left = gate.then(() => dataSource.createQueryRunner());
    return Promise.resolve();
  });
  open();
  await expect(left).resolves.toBeDefined();
});
