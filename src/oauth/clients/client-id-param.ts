import { Param, type PipeTransform } from '@nestjs/common';
import { OAuthClientNotFound } from './oauth-clients.errors.js';

const CLIENT_ID = /^[0-9A-Za-z]{40}$/;

/** The `client_id` in the path. Text that can't be one gets the 404 of one that does not exist. */
export function ClientIdParam(): ParameterDecorator {
  const pipe: PipeTransform<string, string> = {
    transform(text) {
      if (!CLIENT_ID.test(text)) throw new OAuthClientNotFound();
      return text;
    },
  };
  return Param('clientID', pipe);
}
