import { SETTING_NAMES } from './setting-names';

/** A setting for a sentence: the variable, and the field of the profile in brackets. */
export function nameOf(setting: keyof typeof SETTING_NAMES): string {
  const { variable, field } = SETTING_NAMES[setting];
  return `${variable} (${field})`;
}
