import { Param, type PipeTransform } from '@nestjs/common';
import { decodeId, type IdKind } from '../../access/ids.js';
import { type Problem } from '../../problem.js';

/**
 * The UUID behind an id in the path. Text that is no such id gets the same 404 as an id that does
 * not exist.
 */
export function IdParam(
  name: string,
  kind: IdKind,
  notFound: new () => Problem,
): ParameterDecorator {
  const pipe: PipeTransform<unknown, string> = {
    transform(text) {
      const id = decodeId(kind, text);
      if (id === null) throw new notFound();
      return id;
    },
  };
  return Param(name, pipe);
}
