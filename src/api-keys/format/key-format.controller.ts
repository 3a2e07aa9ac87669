import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { Operation } from '../../http/openapi/operation.decorator.js';
import { KeyFormatBody } from './key-format.dto.js';
import { KeySecrets } from './key-secrets.js';

@ApiTags('API keys')
@Controller('v1/key-format')
export class KeyFormatController {
  constructor(private readonly secrets: KeySecrets) {}

  @Get()
  @Public()
  @Operation('getKeyFormat', 'What API keys of this deployment look like', {
    description: 'With a checksum recipe, test vectors, and rules for scanners of secrets.',
    answer: KeyFormatBody,
  })
  get(): KeyFormatBody {
    return KeyFormatBody.of(this.secrets.format);
  }
}
