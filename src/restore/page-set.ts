// A set of page numbers, one bit each: a table of a terabyte takes 8 MiB.

export interface PageSet {
  has(pageNumber: number): boolean
  add(pageNumber: number): void
}

/** A set for the pages 0 to `pages` - 1. */
export const createPageSet = (pages: number): PageSet => {
  const bits = new Uint8Array(Math.ceil(pages / 8))
  const mask = (pageNumber: number): number => 1 << (pageNumber & 7)
  const byte = (pageNumber: number): number => Math.floor(pageNumber / 8)
  return {
    has: (pageNumber) => ((bits[byte(pageNumber)] ?? 0) & mask(pageNumber)) !== 0,
    add: (pageNumber) => {
      bits[byte(pageNumber)] = (bits[byte(pageNumber)] ?? 0) | mask(pageNumber)
    },
  }
}
