import { describe, expect, it } from 'vitest'
import { byBegin, makeSweep } from '../../../src/chain/history-sweep.ts'
import { atMinute, fullRow, incrementRow } from '../../fakes/history-rows.ts'

describe('byBegin', () => {
  it('goes by begin, then end, then the ID as a number', () => {
    const at = (id: number, begin: number, end: number) =>
      fullRow(id, { beginTime: atMinute(begin), endTime: atMinute(end) })
    const rows = [at(10, 1, 3), at(9, 1, 3), at(11, 1, 2), at(12, 0, 9)]
    expect(rows.sort(byBegin).map(({ id }) => id)).toEqual(['12', '11', '9', '10'])
  })
})

describe('a sweep', () => {
  it('places each clone by what ended before it began', () => {
    const [full, first, second] = [fullRow(1), incrementRow(2, 100), incrementRow(3, 100)]
    const sweep = makeSweep([second, full, first])
    const places = [
      sweep.placeFull(full),
      sweep.placeIncrement(first),
      sweep.placeIncrement(second),
    ]
    expect(places).toEqual([
      { chain: '1', base: undefined, alsoOn: [], problems: [] },
      { chain: '1', base: '1', alsoOn: [], problems: [] },
      { chain: '1', base: '2', alsoOn: ['1'], problems: [] },
    ])
  })

  it('names as alternatives the last hundred at most', () => {
    const rows = Array.from({ length: 150 }, (_, index) =>
      index === 0 ? fullRow(0, { pageTrackLsn: 1n }) : incrementRow(index, 1, { pageTrackLsn: 1n }),
    )
    const sweep = makeSweep(rows)
    const places = rows.map((row, index) =>
      index === 0 ? sweep.placeFull(row) : sweep.placeIncrement(row),
    )
    expect(places.at(-1)).toMatchObject({ chain: '0', base: '148' })
    expect(places.at(-1)?.alsoOn).toEqual(rows.slice(49, 148).map(({ id }) => id))
  })
})
