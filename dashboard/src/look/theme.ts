import type { CSSVariablesResolver } from '@mantine/core';
import { createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 8 },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  headings: { fontWeight: '650' },
  // Almost everything is required; what is not says so.
  components: { InputWrapper: { defaultProps: { withAsterisk: false } } },
});

/** Texts on a tint of their own colour: the library's own are too pale to read (WCAG 1.4.3). */
const ON_TINT_LIGHT = {
  blue: '#14548f',
  gray: '#343a40',
  green: '#1b5e2a',
  indigo: '#2f44ad',
  orange: '#7a3b00',
  red: '#a61e1e',
  yellow: '#6b4500',
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b62',
    '--mantine-color-placeholder': '#666d74',
    '--mantine-color-error': '#c01f1f',
    ...Object.fromEntries(
      Object.entries(ON_TINT_LIGHT).map(([name, value]) => [
        `--mantine-color-${name}-light-color`,
        value,
      ]),
    ),
  },
  dark: {
    '--mantine-color-dimmed': '#b3b6ba',
    '--mantine-color-placeholder': '#9a9da1',
    '--mantine-color-error': '#ff9a9a',
    '--mantine-color-anchor': '#91a7ff',
    ...Object.fromEntries(
      Object.keys(ON_TINT_LIGHT).map((name) => [
        `--mantine-color-${name}-light-color`,
        `var(--mantine-color-${name}-2)`,
      ]),
    ),
  },
});
