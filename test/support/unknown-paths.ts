import type { Method } from './keycap.js';
import { call } from './keycap.js';

/** What an answer looks like, but for its request id and date. */
interface Shape {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** How the routes of `/v1/admin` answer at another start of the path, by every method. */
export async function statusesByShape(
  url: string,
  prefix: string,
  routes: readonly string[],
  as?: string,
): Promise<Shape[]> {
  const paths = new Set(routes.map((route) => route.split(' ')[1]!.replace('/v1/admin', prefix)));
  const methods: Method[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'];
  const shapes: Shape[] = [];
  for (const path of paths) {
    for (const method of methods) {
      const options = { url, ...(as !== undefined && { as }) };
      const answer = await call(method, path.replaceAll(':', ''), options);
      const headers = Object.fromEntries(answer.headers);
      delete headers.date;
      delete headers['x-request-id'];
      const text = answer.text.replace(/"request_id":"[^"]+"/, '');
      shapes.push({ status: answer.status, headers, text });
    }
  }
  return shapes;
}
