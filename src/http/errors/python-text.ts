/** How Python spells a JSON value: Django REST Framework quotes input as `str()` gives it. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : repr(value);
}

/** The name of the Python type that a JSON value becomes. */
export function pythonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return value === null ? 'NoneType' : 'dict';
  }
}

/** `repr()`; JSON that was parsed is no deeper than a few levels. */
function repr(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, each]) => `${quoted(name)}: ${repr(each)}`);
    return `{${members.join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** Single quotes, unless the text has some and no double ones. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\');
  if (escaped.includes("'") && !escaped.includes('"')) return `"${escaped}"`;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}
