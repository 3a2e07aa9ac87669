import { type DynamicModule, Module } from '@nestjs/common';
import { type Runtime } from '../../config.js';
import { ApiDescription } from './api-description.js';
import { OpenApiController } from './openapi.controller.js';
import { SwaggerUiController } from './swagger-ui.controller.js';

/** The API description, and the pages that show it unless KEYCAP_SWAGGER_UI is 0. */
@Module({})
export class OpenApiModule {
  static forRoot({ config }: Pick<Runtime, 'config'>): DynamicModule {
    return {
      module: OpenApiModule,
      controllers: [OpenApiController, ...(config.swaggerUi ? [SwaggerUiController] : [])],
      providers: [ApiDescription],
      exports: [ApiDescription],
    };
  }
}
