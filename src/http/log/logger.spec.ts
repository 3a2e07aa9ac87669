import { pino } from 'pino';
import { infoLine } from './logger.js';

/** What the library writes, with the options of the server's log. */
function libraryLine(fields: object, message: string): string {
  let line = '';
  const destination = {
    write(text: string): void {
      line += text;
    },
  };
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime };
  pino(options, destination).info(fields, message);
  return line;
}

const withoutTime = (line: string): string =>
  line.replace(/"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/, '"time"');

describe('the line of an answer', () => {
  it.each([
    ['numbers, texts and null', { status: 200, ms: 0.4, route: null, ip: '203.0.113.7' }],
    ['what is not known', { principal: undefined, code: 'not_found' }],
    ['what has to be escaped', { reason: 'a "quoted"\n\u0001 \\ \ud800 ä' }],
  ])('is what the library writes: %s', (_, fields) => {
    const line = withoutTime(infoLine(fields, 'answered'));
    expect(line).toContain('"time"');
    expect(JSON.parse(infoLine(fields, 'answered'))).toHaveProperty('msg', 'answered');
    expect(line).toBe(withoutTime(libraryLine(fields, 'answered')));
  });
});
