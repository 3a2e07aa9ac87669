import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Replicas } from './replicas.js';

/** Has the handler read from a replica where one may answer. */
@Injectable()
class ReadFromReplica implements NestInterceptor {
  constructor(private readonly replicas: Replicas) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(
      this.replicas.read(() => lastValueFrom(next.handle(), { defaultValue: undefined })),
    );
  }
}

/** For handlers that list, count or export: what they answer may be a second old, and they change nothing. */
export const FromReplica = (): MethodDecorator => UseInterceptors(ReadFromReplica);
