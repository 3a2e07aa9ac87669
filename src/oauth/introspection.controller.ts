import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '../access/access.decorators.js';
import { type AccessRule } from '../access/access-rule.js';
import { KeySearchBusy } from '../api-keys/imports/imports.errors.js';
import { type Caller } from '../access/principal.js';
import { FormBody } from '../http/input/form-body.js';
import { TAKES_JSON } from '../http/input/body-parsing.js';
import { Direct } from '../http/direct/direct.decorator.js';
import { type JsonText } from '../http/direct/json-text.js';
import { Operation } from '../http/openapi/operation.decorator.js';
import {
  BatchIntrospectionBody,
  BatchIntrospectionRequest,
  IntrospectionBody,
} from './introspection.dto.js';
import { IntrospectionService } from './introspection.service.js';
import { InvalidTokenRequest } from './oauth.errors.js';
import { BATCH_INTROSPECTION_PATH, INTROSPECTION_PATH } from './paths.js';
import { Form, tokenIn } from './token.decorators.js';
import { DescribeTokenForm } from './token.dto.js';

/** A client sees its own tokens without further ado, and with the scope those of its organization. */
const VIEWERS: AccessRule = { client: true, scope: 'introspection', resourceServer: true };

/** The introspection endpoint (RFC 7662), and the same for up to 100 tokens at once. */
@ApiTags('OAuth 2.0')
@Controller()
export class IntrospectionController {
  constructor(private readonly introspection: IntrospectionService) {}

  @Post(INTROSPECTION_PATH)
  @Direct()
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  @Allow(VIEWERS)
  @DescribeTokenForm()
  @Operation('introspectToken', 'Ask whether an access token or API key is good', {
    description:
      'Whatever the caller may not see, and whatever is not good, is `{"active":false}` and nothing more.',
    answer: IntrospectionBody,
    errors: [new InvalidTokenRequest('token is missing'), KeySearchBusy],
  })
  async introspect(
    @CurrentCaller() caller: Caller,
    @Form() form: FormBody,
  ): Promise<JsonText<IntrospectionBody>> {
    return IntrospectionBody.json(await this.introspection.introspectOne(caller, tokenIn(form)));
  }

  @Post(BATCH_INTROSPECTION_PATH)
  @RouteConfig(TAKES_JSON)
  @HttpCode(200)
  @Header('Pragma', 'no-cache')
  @Allow(VIEWERS)
  @Operation('introspectTokens', 'The same for up to 100 at once', {
    description: 'Takes JSON; the results stand in the order of the tokens.',
    answer: BatchIntrospectionBody,
    errors: [KeySearchBusy],
  })
  async introspectBatch(
    @CurrentCaller() caller: Caller,
    @Body() { tokens }: BatchIntrospectionRequest,
  ): Promise<BatchIntrospectionBody> {
    return BatchIntrospectionBody.of(await this.introspection.introspect(caller, tokens));
  }
}
