// Looks through a .delta while its bytes pass by: whether it is whole, and whether its pages are
// those of the tablespace its .meta names. The server checks neither: what it cannot read it
// leaves out, and what belongs to another table it writes all the same (arch0apply.cc).

import { ClonectlError } from '../errors.ts'
import { decodeIndexBlock, hasDeltaMagic } from './delta-segment.ts'
import type { DeltaMeta } from './meta-file.ts'
import { isZeroPage, pageNumberOf, pageSpaceId } from './page.ts'

export interface DeltaSummary {
  readonly pages: number
  /** One more than the highest page number; 0 without pages. */
  readonly endPage: number
  /**
   * The file is no delta but the first pages of a tablespace that was created during the backup.
   * The server passes over it, and the redo log makes the table (clone0copy.cc).
   */
  readonly raw: boolean
}

export interface DeltaCheck {
  /** Takes the next bytes, as many as there are. Throws INTEGRITY naming what is wrong and where. */
  feed(bytes: Buffer): void
  /** Ends the file. Throws INTEGRITY when it may not end here. */
  end(): DeltaSummary
}

const SYSTEM_SPACE_ID = 0

/** Gets each page that belongs where it stands, with its number and its place in the file, in bytes. */
export type DeltaPageListener = (page: Buffer, pageNumber: number, offset: number) => void

type DeltaFacts = Pick<DeltaMeta, 'pageSize' | 'spaceId'>

/**
 * A check of the delta that errors call `name`, whose .meta is `meta`. An empty file is a delta without
 * pages. A page is good until `onPage` returns.
 */
export const createDeltaCheck = (
  name: string,
  meta: DeltaFacts,
  onPage?: DeltaPageListener,
): DeltaCheck => {
  const blocks = newBlockWalk(name, meta, onPage)
  const block = Buffer.alloc(meta.pageSize)
  let filled = 0
  return {
    feed(bytes) {
      for (let from = 0; from < bytes.length;) {
        const taken = bytes.copy(block, filled, from)
        from += taken
        filled += taken
        if (filled < block.length) return
        blocks.take(block)
        filled = 0
      }
    },
    end: () => blocks.end(filled),
  }
}

interface BlockWalk {
  take(block: Buffer): void
  /** `surplus` are the bytes behind the last whole block. */
  end(surplus: number): DeltaSummary
}

/** Walks a delta block by block: an index, its pages, the next index. */
const newBlockWalk = (
  name: string,
  meta: DeltaFacts,
  onPage: DeltaPageListener | undefined,
): BlockWalk => {
  let position = 0
  let expected: readonly number[] = []
  let next = 0
  let ended = false
  const found = { pages: 0, endPage: 0, raw: false }
  const fail = (problem: string): ClonectlError => broken(name, position, problem)

  const takeIndex = (block: Buffer): void => {
    if (ended) throw fail('something follows the last segment')
    if (position === 0 && !hasDeltaMagic(block)) {
      if (!isFirstPageOf(block, meta)) throw fail('it does not begin like a delta')
      found.raw = true
      return
    }
    const { pageNumbers, last } = decodeIndexBlock(block, name)
    expected = pageNumbers
    next = 0
    ended = last
  }

  const takePage = (block: Buffer, pageNumber: number): void => {
    requireBelongs(block, { name, position, pageNumber, meta })
    onPage?.(block, pageNumber, position)
    found.pages += 1
    found.endPage = Math.max(found.endPage, pageNumber + 1)
    next += 1
  }

  return {
    take(block) {
      const pageNumber = expected[next]
      if (pageNumber !== undefined) takePage(block, pageNumber)
      else if (!found.raw) takeIndex(block)
      position += block.length
    },
    end(surplus) {
      if (surplus > 0) throw fail(`it ends within a page of ${meta.pageSize} bytes`)
      if (found.raw || position === 0) return found
      if (next < expected.length)
        throw fail(`${expected.length - next} pages of its index are missing`)
      if (!ended) throw fail('its last segment is missing')
      return found
    },
  }
}

interface Place {
  readonly name: string
  readonly position: number
  readonly pageNumber: number
  readonly meta: Pick<DeltaMeta, 'spaceId'>
}

/**
 * A page of zeros names nobody. In the system tablespace numbers count over all of its files, and
 * old doublewrite areas hold pages of others.
 */
const requireBelongs = (page: Buffer, { name, position, pageNumber, meta }: Place): void => {
  if (meta.spaceId === SYSTEM_SPACE_ID || isZeroPage(page)) return
  if (pageSpaceId(page) !== meta.spaceId) {
    const found = `a page of tablespace ${pageSpaceId(page)}, its .meta names ${meta.spaceId}`
    throw broken(name, position, found)
  }
  if (pageNumberOf(page) !== pageNumber) {
    const found = `page ${pageNumberOf(page)} where its index lists ${pageNumber}`
    throw broken(name, position, found)
  }
}

const isFirstPageOf = (page: Buffer, meta: Pick<DeltaMeta, 'spaceId'>): boolean =>
  isZeroPage(page) || (pageNumberOf(page) === 0 && pageSpaceId(page) === meta.spaceId)

const broken = (name: string, position: number, problem: string): ClonectlError =>
  new ClonectlError('INTEGRITY', `${name} is not a whole delta: at byte ${position} ${problem}`, {
    hint: 'The backup that holds this file cannot be applied; use another one.',
    details: { file: name, offset: position },
  })
