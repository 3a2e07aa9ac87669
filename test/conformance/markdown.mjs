/** A table as GitHub reads it. Cells are Markdown. */
export function table(head, lines) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

/** Text in which nothing means anything, on one line. */
export function asPlainText(text) {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|~$&]|:(?=\/\/)/g, String.raw`\$&`);
}

/** What GitHub calls a heading in links. */
export function anchor(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}
