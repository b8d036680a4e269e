// Sizes as people write them on a command line.

/** Bytes of a text such as `300M`, `2G` or `4096`; undefined for anything else. */
export const parseSize = (text: string): number | undefined => {
  const [, digits, unit = ''] = /^(\d+)([KMG]?)$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit.toUpperCase())
}
