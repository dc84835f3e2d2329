/** A name as it is sorted and looked up: capitals without accents, one space between words (`LE GALL HELENE`). */
export function nameKey(...names: readonly string[]): string {
  return names
    .join(' ')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[œŒ]/g, 'OE')
    .replaceAll(/[æÆ]/g, 'AE')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
