import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { type AccessRequest } from '../../access/access-request.js';
import { isMachine } from '../../access/principal.js';
import { withBeforeCommit } from '../../database/transactions.js';
import { ValidationFailed } from '../../problem.js';
import { callingPrincipal } from '../server/calling-principal.js';
import { problemOf, wordingFor } from '../errors/problem.filter.js';
import { idempotencyOptionsOf } from './idempotency-options.js';
import { type Answer, IdempotencyRecords, type Run } from './idempotency-records.js';
import { ReplayedAnswer } from './replay.filter.js';
import { identityOf, type RequestIdentity } from './request-identity.js';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;
/** Refusals that a repetition may escape: another credential, a slower pace, a better line. */
const NOT_FINAL: ReadonlySet<number> = new Set([401, 408, 425, 429]);

/**
 * Carries a request with an `Idempotency-Key` out once. It runs after the guard, so a repetition
 * still needs a credential of the same principal.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger(IdempotencyInterceptor.name);

  constructor(private readonly records: IdempotencyRecords) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    return from(this.once(identityOfRequest(request, key), context, next));
  }

  private async once(
    identity: RequestIdentity,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<unknown> {
    const claim = await this.records.claim(identity);
    if (!('runId' in claim)) throw new ReplayedAnswer(claim);
    let value: unknown;
    try {
      value = await withBeforeCommit(
        (manager) => this.records.markCommitted(manager, claim),
        () => lastValueFrom(next.handle(), { defaultValue: undefined }),
      );
    } catch (error) {
      await this.keepRefusal(claim, error, context);
      throw error;
    }
    const { statusCode } = context.switchToHttp().getResponse<FastifyReply>();
    const { secrets = [] } = idempotencyOptionsOf(context.getHandler()) ?? {};
    await this.settle(() => this.records.complete(claim, answerOf(statusCode, value, secrets)));
    return value;
  }

  /** A final refusal is kept like any answer; after any other one a repetition runs anew. */
  private async keepRefusal(run: Run, error: unknown, context: ExecutionContext): Promise<void> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const problem = problemOf(error, request);
    const isFinal = problem.status < 500 && !NOT_FINAL.has(problem.status);
    await this.settle(() =>
      isFinal
        ? this.records.complete(
            run,
            answerOf(problem.status, wordingFor(problem, request).body, []),
          )
        : this.records.release(run),
    );
  }

  /** The request is decided by now; that its record is not leaves a 409, and never a second run. */
  private async settle(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn('an idempotency record stays unfinished', error);
    }
  }
}

function identityOfRequest(request: FastifyRequest, key: string | string[]): RequestIdentity {
  if (typeof key !== 'string' || !PRINTABLE.test(key)) {
    const rule = 'Idempotency-Key must be 1 to 255 printable characters';
    throw new ValidationFailed({ 'Idempotency-Key': [rule] });
  }
  const principal = callingPrincipal(request);
  if (!principal) throw new Error('@Idempotent() needs a route that asks for a credential');
  return identityOf(request, { ...principal, scopes: scopesOf(request) }, key);
}

function answerOf(status: number, value: unknown, secrets: readonly string[]): Answer {
  if (value === undefined) return { status, body: null, wholeBody: null };
  const whole = JSON.stringify(value);
  const body = JSON.stringify(value, (key: string, member: unknown) =>
    secrets.includes(key) ? null : member,
  );
  return { status, body, wholeBody: whole === body ? null : whole };
}

/** What a machine holds, in one order; null for people, whose rank the guard has judged. */
function scopesOf({ caller }: Partial<AccessRequest>): readonly string[] | null {
  return caller && isMachine(caller.principal) ? [...caller.principal.scopes].toSorted() : null;
}
