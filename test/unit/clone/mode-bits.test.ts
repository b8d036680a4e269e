import { describe, expect, it } from 'vitest'
import { maySearch } from '../../../src/clone/mode-bits.ts'

const mysql = { uid: 999, gids: [998, 100] }

describe('maySearch', () => {
  it('takes the bit of the owner, of the group or of the others, and only that', () => {
    expect(maySearch({ uid: 999, gid: 0, mode: 0o100 }, mysql)).toBe(true)
    expect(maySearch({ uid: 999, gid: 998, mode: 0o677 }, mysql)).toBe(false)
    expect(maySearch({ uid: 0, gid: 998, mode: 0o710 }, mysql)).toBe(true)
    expect(maySearch({ uid: 0, gid: 998, mode: 0o767 }, mysql)).toBe(false)
    expect(maySearch({ uid: 0, gid: 0, mode: 0o751 }, mysql)).toBe(true)
    expect(maySearch({ uid: 0, gid: 0, mode: 0o750 }, mysql)).toBe(false)
  })

  it('counts every group of the user', () => {
    expect(maySearch({ uid: 0, gid: 100, mode: 0o750 }, mysql)).toBe(true)
    expect(maySearch({ uid: 0, gid: 101, mode: 0o750 }, mysql)).toBe(false)
  })

  it('lets root through', () => {
    expect(maySearch({ uid: 999, gid: 998, mode: 0o000 }, { uid: 0, gids: [0] })).toBe(true)
  })
})
