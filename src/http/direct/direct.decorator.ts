import { SetMetadata } from '@nestjs/common';

const DIRECT = 'keycap:direct';

/**
 * Declares that a handler is called by the HTTP server itself, past the framework's router, because its
 * answer comes from memory and the way to it would cost more than the answer. All that its decorators say
 * holds as for any other: access, input, status, headers, errors, description.
 */
export function Direct(): MethodDecorator {
  return (target, name, descriptor) => {
    SetMetadata(DIRECT, descriptor.value)(target, name, descriptor);
  };
}

/** The declared handler behind the one that the framework registers, which carries its metadata. */
export function directHandlerBehind(registered: object): object | undefined {
  return Reflect.getMetadata(DIRECT, registered) as object | undefined;
}
