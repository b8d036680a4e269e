// GreatSQL's .meta file, which stands beside each .delta and says to which tablespace its pages
// belong. Text of four `key = value` lines; the server reads them with fscanf("%50s = %50s"), in
// any order, and ignores keys it does not know (GreatSQL storage/innobase/clone).

import { ClonectlError } from '../errors.ts'

/** What a .meta file says. Sizes are bytes. */
export interface DeltaMeta {
  /** Physical page size: the unit of the .delta and the stride of the target file. */
  readonly pageSize: number
  /** Physical page size for ROW_FORMAT=COMPRESSED, else 0. */
  readonly zipSize: number
  readonly spaceId: number
  /** FSP_SPACE_FLAGS of the tablespace. */
  readonly spaceFlags: number
}

const MIN_PAGE_BYTES = 1024
const MAX_PAGE_BYTES = 65536
const MAX_U32 = 0xffffffff
const lineForm = /^\s*(\S{1,50})\s+=\s+(\S{1,50})\s*$/

const broken = (name: string, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name}: ${problem}`, {
    hint: 'The backup that holds this file cannot be applied; verify it, and take a new one.',
    details: { file: name },
  })

/** The exact bytes that GreatSQL writes: four lines in this order, each ended by a line feed. */
export const formatMeta = (meta: DeltaMeta): string =>
  [
    `page_size = ${meta.pageSize}`,
    `zip_size = ${meta.zipSize}`,
    `space_id = ${meta.spaceId}`,
    `space_flags = ${meta.spaceFlags}`,
    '',
  ].join('\n')

const readLines = (text: string, name: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const [, key, value] = lineForm.exec(line) ?? []
    if (key === undefined || value === undefined) {
      throw broken(name, `expected lines "key = value", found ${JSON.stringify(line.slice(0, 80))}`)
    }
    if (values.has(key)) throw broken(name, `${key} is given twice`)
    values.set(key, value)
  }
  return values
}

const numberOf = (value: string | undefined, key: string, name: string): number => {
  if (value === undefined) throw broken(name, `${key} is missing`)
  const number = /^\d{1,10}$/.test(value) ? Number(value) : NaN
  if (!(number <= MAX_U32)) throw broken(name, `${key} is "${value}", expected 0 to ${MAX_U32}`)
  return number
}

const isPageSize = (size: number): boolean =>
  size >= MIN_PAGE_BYTES && size <= MAX_PAGE_BYTES && Number.isInteger(Math.log2(size))

/**
 * Reads a .meta file. `zip_size` and `space_flags` default to 0 as in the server; a page size and
 * a space id must be there, because the server deletes the tablespace when they are not.
 * Throws INTEGRITY naming the file (`name`) and the line at fault.
 */
export const parseMeta = (text: string, name: string): DeltaMeta => {
  const values = readLines(text, name)
  const meta: DeltaMeta = {
    pageSize: numberOf(values.get('page_size'), 'page_size', name),
    zipSize: numberOf(values.get('zip_size') ?? '0', 'zip_size', name),
    spaceId: numberOf(values.get('space_id'), 'space_id', name),
    spaceFlags: numberOf(values.get('space_flags') ?? '0', 'space_flags', name),
  }
  if (!isPageSize(meta.pageSize)) {
    throw broken(name, `page_size is ${meta.pageSize}, expected a power of two, 1024 to 65536`)
  }
  if (meta.zipSize !== 0 && !isPageSize(meta.zipSize)) {
    throw broken(name, `zip_size is ${meta.zipSize}, expected 0 or a power of two from 1024 up`)
  }
  return meta
}
