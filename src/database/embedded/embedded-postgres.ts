import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../free-port.js';
import { StartError } from '../../start-error.js';
import { readOrCreatePrivateFile, writePrivateFile } from '../private-file.js';
import type { Binaries } from './binaries.js';
import { findBinaries, packagedBinaries } from './binaries.js';
import { DATABASE_USER, ensureCluster } from './cluster.js';
import type { DataFolderLock } from './data-folder-lock.js';
import { lockDataFolder } from './data-folder-lock.js';
import type { DataFolder } from './data-folder.js';
import { clusterIn, openDataFolder, urlFileIn } from './data-folder.js';
import { DataFolderInUse } from './data-folder-in-use.js';
import type { PostgresProcess } from './postgres-process.js';
import { complaintIn, endPostgres, logFileIn, startPostgres } from './postgres-process.js';
import { findPostmaster } from './postmaster.js';
import type { Watcher } from './watcher.js';
import { watch } from './watcher.js';

export interface EmbeddedOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** Whether the operator chose the folder, so that it may not be replaced. */
  readonly dataDirGiven: boolean;
  /** Server settings as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told when PostgreSQL ended by itself and is started again. */
  readonly onRestart?: (message: string) => void;
  /** Told when another server has taken over the data folder meanwhile: this one has to go. */
  readonly onLost?: (error: StartError) => void;
}

const POLL_MS = 15;
const PAUSE_MS = 100;
/** Recovery after a crash may have much to replay. */
const START_LIMIT_MS = 60_000;
const LONGEST_PAUSE_MS = 5000;
const STABLE_AFTER_MS = 60_000;

const PORT_TAKEN = 'Address already in use';
/** Another start was faster, or processes of a killed server are still about. */
const TRY_AGAIN = /lock file "postmaster.pid"|pre-existing shared memory block/;

/** The embedded PostgreSQL of one data folder, of which this process is the owner. */
export class EmbeddedPostgres {
  readonly version: string;
  readonly dataDir: string;
  private process: PostgresProcess | null = null;
  private watcher: Watcher | null = null;
  private lock: DataFolderLock | null = null;
  private pid: number | null = null;
  private stopping = false;
  private recovering: Promise<void> = Promise.resolve();
  private failures = 0;
  private startedAt = 0;

  private constructor(
    private readonly options: EmbeddedOptions,
    private readonly folder: DataFolder,
    private readonly binaries: Binaries,
    private readonly password: string,
    private port: number,
  ) {
    this.version = binaries.version;
    this.dataDir = folder.path;
  }

  /**
   * Starts PostgreSQL on the data folder, making folder and cluster on first use, or takes over one
   * that a crashed server has left running.
   * @throws StartError if that is not possible, or another server owns the folder
   */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    // First of all: an image without the package needs DATABASE_URL, not a folder.
    const native = packagedBinaries();
    const folder = await openDataFolder(options.dataDir, options.dataDirGiven);
    const password = await readOrCreatePrivateFile(join(folder.path, 'database-password'), () =>
      randomBytes(24).toString('hex'),
    );
    const binaries = await findBinaries(native, folder);
    await ensureCluster(folder, binaries, password);
    const port = await freePort('127.0.0.1');
    const postgres = new EmbeddedPostgres(options, folder, binaries, password, port);
    await postgres.own();
    return postgres;
  }

  /** Where other processes find the database, too. */
  get url(): string {
    return `postgresql://${DATABASE_USER}:${this.password}@127.0.0.1:${this.port}/${DATABASE_USER}`;
  }

  /** Ends PostgreSQL, as fast as it can without losing anything. Safe to call twice. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.recovering;
    await this.lock?.release();
    this.lock = null;
    await this.end();
    await rm(this.urlFile, { force: true });
  }

  private get cluster(): string {
    return clusterIn(this.folder.path);
  }

  private get urlFile(): string {
    return urlFileIn(this.folder.path);
  }

  /** Gets PostgreSQL to run, whoever starts it, and becomes the owner of the folder. */
  private async own(): Promise<void> {
    try {
      this.lock = await this.acquire();
    } catch (error) {
      // What this process has started and another one owns is not to be touched any more.
      if (error instanceof DataFolderInUse) this.watcher?.dismiss();
      else await this.end();
      throw error;
    }
    this.startedAt = Date.now();
    await writePrivateFile(this.urlFile, `${this.url}\n`);
    this.lock.onLost(() => this.recover());
  }

  private async acquire(): Promise<DataFolderLock> {
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      if (this.stopping) throw new StartError('The embedded PostgreSQL is being stopped.');
      const found = findPostmaster(this.cluster);
      if (found?.status === 'ready') {
        const lock = await lockDataFolder(found.port, this.password);
        if (lock === 'taken') throw new DataFolderInUse(this.folder.path, this.urlFile);
        if (lock !== 'not-now') {
          this.adopt(found.pid, found.port);
          return lock;
        }
      } else if (found === null) {
        await this.launch();
      }
      await delay(POLL_MS);
    }
    throw new StartError(
      `The embedded PostgreSQL was not ready within ${START_LIMIT_MS / 1000} s: see ${logFileIn(this.folder.path)}.`,
    );
  }

  /** Starts PostgreSQL unless the one started before is still on its way. */
  private async launch(): Promise<void> {
    if (this.process !== null) {
      if (!this.process.hasExited()) return;
      await this.prepareNextAttempt(this.process.output());
    }
    this.watcher?.dismiss();
    const { binaries, folder, port } = this;
    this.process = startPostgres(folder, binaries, port, this.options.settings ?? {});
    this.watcher = watch(this.process.pid, this.cluster, folder.user);
  }

  private async prepareNextAttempt(output: string): Promise<void> {
    const portTaken = output.includes(PORT_TAKEN);
    if (!portTaken && !TRY_AGAIN.test(output)) {
      throw new StartError(`The embedded PostgreSQL did not start: ${complaintIn(output)}`);
    }
    // The server's connections are bound to the port it began with.
    if (portTaken && this.startedAt === 0) this.port = await freePort('127.0.0.1');
    await delay(PAUSE_MS);
  }

  private adopt(pid: number, port: number): void {
    if (pid !== this.process?.pid) {
      this.watcher?.dismiss();
      this.watcher = watch(pid, this.cluster, this.folder.user);
    }
    this.pid = pid;
    this.port = port;
  }

  private recover(): void {
    if (this.stopping) return;
    this.failures = Date.now() - this.startedAt > STABLE_AFTER_MS ? 0 : this.failures + 1;
    this.process = null;
    this.pid = null;
    this.options.onRestart?.('the embedded PostgreSQL has ended; starting it again');
    this.recovering = this.startAgain();
  }

  private async startAgain(): Promise<void> {
    while (!this.stopping) {
      await delay(Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** this.failures));
      try {
        await this.own();
        return;
      } catch (error) {
        if (error instanceof DataFolderInUse) return this.options.onLost?.(error);
        this.failures += 1;
        this.options.onRestart?.(String(error));
      }
    }
  }

  private async end(): Promise<void> {
    const own = this.process;
    const pid = this.pid ?? own?.pid ?? 0;
    await endPostgres(pid, () => own?.pid === pid && own.hasExited());
    this.watcher?.dismiss();
    this.watcher = null;
    this.process = null;
    this.pid = null;
  }
}
