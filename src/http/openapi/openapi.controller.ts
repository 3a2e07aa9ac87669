import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { ApiDescription } from './api-description.js';

/** The API description for tools. */
@Controller('openapi.json')
@ApiExcludeController()
export class OpenApiController {
  constructor(private readonly description: ApiDescription) {}

  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  @Public()
  get(): string {
    return this.description.whole();
  }
}
