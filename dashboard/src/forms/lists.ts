/** What somebody has typed with commas, spaces or lines between. */
export function listOf(text = ''): string[] {
  return text.split(/[\s,;]+/).filter((item) => item !== '');
}
