import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import { type ContentEncoding } from './content-encoding.js';

/** Where `npm run build` puts the dashboard, seen from `src/dashboard` and from `dist/bundle`. */
const FOLDER = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));
/** What the build leaves in the page where the nonce of an answer belongs. */
const NONCE_PLACE = '__KEYCAP_NONCE__';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
};
const SUFFIXES: Readonly<Record<ContentEncoding, string>> = {
  br: '.br',
  gzip: '.gz',
  identity: '',
};

/** A page whose styles carry a nonce of their own. */
export interface DashboardPage {
  readonly html: string;
  readonly nonce: string;
}

/** A file of the built dashboard, by its name and its type. */
export interface DashboardAsset {
  readonly type: string;
  /** @returns the bytes as the build has compressed them; they are read once */
  read(encoding: ContentEncoding): Promise<Buffer>;
}

/** The built dashboard: one page, and the files that it loads, whose names tell their content. */
@Injectable()
export class DashboardFiles {
  private names: Promise<ReadonlySet<string>> | undefined;
  private index: Promise<string> | undefined;
  private readonly contents = new Map<string, Promise<Buffer>>();

  async page(): Promise<DashboardPage> {
    this.index ??= readFile(join(FOLDER, 'index.html'), 'utf8');
    const nonce = randomBytes(18).toString('base64url');
    return { html: (await this.index).replaceAll(NONCE_PLACE, nonce), nonce };
  }

  /** @returns null for what is no file of the build */
  async asset(name: string): Promise<DashboardAsset | null> {
    this.names ??= readdir(join(FOLDER, 'assets')).then((names) => new Set(names));
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type === undefined || !(await this.names).has(name)) return null;
    return { type, read: (encoding) => this.content(name + SUFFIXES[encoding]) };
  }

  private content(name: string): Promise<Buffer> {
    const content = this.contents.get(name) ?? readFile(join(FOLDER, 'assets', name));
    this.contents.set(name, content);
    return content;
  }
}
