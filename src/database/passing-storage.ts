import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What holds for some work and all that it calls, costing others nothing: on Node 20 a storage that has
 * been used once has every promise of the process followed, of requests that never use it as well. So this
 * one is shut whenever nobody is inside.
 */
export class PassingStorage<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private inside = 0;

  /** What holds here; nothing for work that was left behind when the last one ended. */
  get(): T | undefined {
    return this.storage.getStore();
  }

  async run<R>(value: T, work: () => Promise<R>): Promise<R> {
    this.inside += 1;
    try {
      return await this.storage.run(value, work);
    } finally {
      this.inside -= 1;
      if (this.inside === 0) this.storage.disable();
    }
  }
}
