import { type INestApplication, Inject, Injectable } from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { RUNTIME } from '../../config.module.js';
import { isForOperators } from '../server/operator-paths.js';
import { describeApi } from './document.js';
import { partOf } from './part-of.js';
import { KEYO_INTRODUCTION, KEYO_TITLE } from './texts.js';

/** The OpenAPI documents as JSON, made when first asked for. */
@Injectable()
export class ApiDescription {
  private app: INestApplication | undefined;
  private documents: { whole: string; keyo: string } | undefined;

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** Called once, when all routes are there. */
  read(app: INestApplication): void {
    this.app = app;
  }

  /** Everything. */
  whole(): string {
    return this.made().whole;
  }

  /** What Keyo's users call: tokens, and the paths below `/api/v3/public`. */
  keyo(): string {
    return this.made().keyo;
  }

  private made(): { whole: string; keyo: string } {
    if (!this.app) throw new Error('read() comes first');
    this.documents ??= documentsOf(this.app, this.runtime);
    return this.documents;
  }
}

function documentsOf(app: INestApplication, runtime: Runtime): { whole: string; keyo: string } {
  const described = describeApi(app, runtime);
  // What has a port of its own is served there alone.
  const whole =
    runtime.config.adminPort === null
      ? described
      : partOf(described, (path) => !isForOperators(path));
  const part = partOf(whole, (path) => /^\/(?:o\/token|api\/v3\/public)\//.test(path));
  const info = { ...whole.info, title: KEYO_TITLE, description: KEYO_INTRODUCTION };
  return { whole: JSON.stringify(whole), keyo: JSON.stringify({ ...part, info }) };
}
