import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Words } from './en';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Words };
  }
}

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

/** Where the chosen language is kept; the theme is kept beside it, and nothing else ever. */
const KEPT_AS = 'keycap-language';

const CATALOGUES: Record<Language, () => Promise<Words>> = {
  en: async () => (await import('./en')).words,
  de: async () => (await import('./de')).words,
};

const isLanguage = (text: string | undefined | null): text is Language =>
  typeof text === 'string' && Object.hasOwn(LANGUAGES, text);

/** The chosen language, else the first one of the browser's that there is a catalogue for. */
function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** Loads the words of one language; the page is drawn afterwards. */
export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: {},
    lng: 'en',
    // React escapes what it draws.
    interpolation: { escapeValue: false },
  });
  await speak(preferredLanguage());
}

async function speak(language: Language): Promise<void> {
  i18next.addResourceBundle(language, 'translation', await CATALOGUES[language]());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language);
  await speak(language);
}
