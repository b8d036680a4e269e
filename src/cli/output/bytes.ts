// Sizes as people read them. Programs get plain bytes from --json.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const STEP = 1024

/** Three significant digits in binary units, such as `1.46 GiB`; whole bytes below 1 KiB. */
export const formatBytes = (bytes: number): string => {
  const power = Math.min(
    Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(STEP)),
    UNITS.length - 1,
  )
  const amount = bytes / STEP ** power
  // The bounds lie where rounding adds a digit: 9.999 is 10.0.
  const digits = power === 0 || amount >= 99.95 ? 0 : amount >= 9.995 ? 1 : 2
  return `${amount.toFixed(digits)} ${UNITS[power] ?? 'B'}`
}

/** What part of the whole is stored, such as `4.2 %`; empty when there is no whole. */
export const formatRatio = (part: number, whole: number): string =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`
