import { Problem } from '../../problem.js';

/** 400: the request can't be read. The sentence is fixed: parser text never reaches the caller. */
export class BadRequest extends Problem {
  readonly status = 400;
  readonly code = 'bad_request';

  constructor(message: string, reason?: string) {
    super(message, reason === undefined ? {} : { reason });
  }
}

/** 400: the body is not the JSON that it claims to be. */
export class MalformedJson extends Problem {
  readonly status = 400;
  readonly code = 'malformed_json';

  constructor(message = 'the request body is not valid JSON') {
    super(message);
  }
}

/** 400: JSON, and no object. */
export class NotAnObject extends MalformedJson {
  /** @param value what it is instead */
  constructor(readonly value: unknown) {
    super('the request body must be a JSON object');
  }
}

/** 404: no such route. */
export class RouteNotFound extends Problem {
  readonly status = 404;
  readonly code = 'not_found';

  constructor() {
    super('not found');
  }
}

/** 405, with the methods that the path does take in `Allow` (RFC 9110 §15.5.6). */
export class MethodNotAllowed extends Problem {
  readonly status = 405;
  readonly code = 'method_not_allowed';

  constructor(
    readonly method: string,
    allowed: readonly string[],
  ) {
    super('method not allowed', { headers: { allow: allowed.join(', ') } });
  }
}

/** 406: the client takes nothing that the route answers with. */
export class NotAcceptable extends Problem {
  readonly status = 406;
  readonly code = 'not_acceptable';

  constructor() {
    super('the answer is application/json, which the Accept header does not name');
  }
}

/** 408: the request did not arrive in time. */
export class RequestTimeout extends Problem {
  readonly status = 408;
  readonly code = 'request_timeout';

  constructor() {
    super('the request took too long to arrive');
  }
}

/** 413: the body is larger than the route takes. */
export class PayloadTooLarge extends Problem {
  readonly status = 413;
  readonly code = 'payload_too_large';

  constructor() {
    super('the request body is too large');
  }
}

/** 414: the URL is longer than 2 KB. */
export class UriTooLong extends Problem {
  readonly status = 414;
  readonly code = 'uri_too_long';

  constructor() {
    super('the URL is too long');
  }
}

/** 415: the body is of a type that the route does not read. */
export class UnsupportedMediaType extends Problem {
  readonly status = 415;
  readonly code = 'unsupported_media_type';

  /** @param mediaType what was sent: a media type or a content encoding */
  constructor(readonly mediaType: string) {
    super('send the body as application/json, without a content encoding');
  }
}

/** 431: the request line and the headers together are larger than 8 KB (RFC 6585 §5). */
export class HeadersTooLarge extends Problem {
  readonly status = 431;
  readonly code = 'headers_too_large';

  constructor() {
    super('the request headers are too large');
  }
}

/** 500: a defect of this server; what happened is in the log alone. */
export class InternalError extends Problem {
  readonly status = 500;
  readonly code = 'internal_error';

  constructor(reason: string) {
    super('internal error', { reason });
  }
}
