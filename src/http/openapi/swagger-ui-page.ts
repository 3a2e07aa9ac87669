import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'));

/** The files of Swagger UI that the page loads, by their type. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const contents = new Map<string, Promise<Buffer>>();

/** A file of Swagger UI, read once, or null for any other name. */
export function swaggerUiFile(name: string): { type: string; read(): Promise<Buffer> } | null {
  if (!Object.hasOwn(FILES, name)) return null;
  const read = (): Promise<Buffer> => {
    const content = contents.get(name) ?? readFile(join(FOLDER, name));
    contents.set(name, content);
    return content;
  };
  return { type: FILES[name] ?? '', read };
}

/** Swagger UI sets `style` attributes and shows pictures from its style sheet; nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param folder the path of the page, below which its files are */
export function pageOf(folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Keycap API</title>
    <link rel="icon" type="image/png" href="${folder}/favicon-32x32.png">
    <link rel="stylesheet" href="${folder}/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${folder}/swagger-ui-bundle.js"></script>
    <script src="${folder}/start.js"></script>
  </body>
</html>
`;
}

/**
 * Runs in the browser. The document is the one beside this script, whatever the page's address
 * says; it is called by the name under which the page was opened, since to a browser another one is
 * another site; and of two credentials only `Authorization` is sent, since two are refused.
 */
export const START_SCRIPT = `'use strict';
const beside = new URL('openapi.json', document.currentScript.src);
fetch(beside)
  .then((response) => response.json())
  .then((spec) => {
    spec.servers = [{ url: beside.origin }];
    SwaggerUIBundle({
      dom_id: '#swagger-ui',
      spec,
      deepLinking: true,
      displayRequestDuration: true,
      filter: true,
      persistAuthorization: false,
      queryConfigEnabled: false,
      tryItOutEnabled: true,
      validatorUrl: null,
      defaultModelsExpandDepth: 0,
      requestInterceptor: (request) => {
        if (request.headers.Authorization) delete request.headers['X-API-Key'];
        return request;
      },
    });
  });
`;
