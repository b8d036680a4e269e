// GreatSQL's grammar of CLONE (sql_yacc.yy of 8.0.32-26).
import { SqlError } from '../protocol/sql-error.ts'
import { isSymbol, isWord, tokenize, type Token } from './tokens.ts'

export interface DonorAddress {
  readonly user: string
  readonly host: string
  readonly port: number
  readonly password: string
  readonly ssl: 'required' | 'disabled' | 'preferred'
}

export interface CloneStatement {
  /** Undefined for CLONE LOCAL. */
  readonly donor: DonorAddress | undefined
  /** Undefined: the server's own data is to be replaced. */
  readonly dataDirectory: string | undefined
  readonly pageTrack: boolean
  /** 0 without START_LSN. */
  readonly startLsn: bigint
  readonly baseDirectory: string | undefined
}

const LARGEST = 2n ** 64n - 1n

/** Walks over tokens; what does not fit is a syntax error there. */
const makeReader = (text: string, tokens: readonly Token[]) => {
  let at = 0
  const fail = (): never => {
    const from = tokens[at]?.start ?? text.length
    const line = text.slice(0, from).split('\n').length
    const near = Buffer.from(text.slice(from), 'latin1').toString('utf8').slice(0, 80)
    throw new SqlError(
      1064,
      '42000',
      'You have an error in your SQL syntax; check the manual that corresponds to your MySQL ' +
        `server version for the right syntax to use near '${near}' at line ${line}`,
    )
  }
  const skip = (fits: (token: Token | undefined) => boolean): boolean => {
    if (!fits(tokens[at])) return false
    at += 1
    return true
  }
  /** All of these key words, or none. */
  const phrase = (...words: readonly string[]): boolean => {
    if (!words.every((word, index) => isWord(tokens[at + index], word))) return false
    at += words.length
    return true
  }
  const take = (...kinds: readonly Token['kind'][]): Token => {
    const token = tokens[at]
    if (token === undefined || !kinds.includes(token.kind)) return fail()
    at += 1
    return token
  }
  return {
    phrase,
    take,
    fail,
    need: (...words: readonly string[]): void => {
      if (!phrase(...words)) fail()
    },
    symbol: (symbol: string): boolean => skip((token) => isSymbol(token, symbol)),
    end: (): void => {
      if (skip((token) => isSymbol(token, ';')) || at < tokens.length) {
        if (at < tokens.length) fail()
      }
    },
  }
}

type Reader = ReturnType<typeof makeReader>

const readString = (reader: Reader): string => reader.take('string').value

/** `[=] 'path'`. */
const readPath = (reader: Reader): string => {
  reader.symbol('=')
  return readString(reader)
}

/** `[=] N`; larger numbers than fit are the largest that does, as everywhere in MySQL's grammar. */
const readLsn = (reader: Reader): bigint => {
  reader.symbol('=')
  const { text } = reader.take('number')
  const number = /^0x/i.test(text) ? BigInt(text) : BigInt(text.split(/[.e]/i)[0] || '0')
  return number > LARGEST ? LARGEST : number
}

const readPort = (reader: Reader): number => {
  const { text } = reader.take('number')
  return /^\d+$/.test(text) ? Number(text) : reader.fail()
}

/** `'u'@'h':port IDENTIFIED BY 'password'`; without a host the account is for every host. */
const readDonor = (reader: Reader) => {
  const user = reader.take('string', 'quoted', 'word').value
  const host = reader.symbol(':') ? '%' : readHost(reader)
  const port = readPort(reader)
  reader.need('IDENTIFIED', 'BY')
  return { user, host, port, password: readString(reader) }
}

const readHost = (reader: Reader): string => {
  const { value } = reader.take('variable')
  if (!value.startsWith('@') || value.startsWith('@@') || value === '@') reader.fail()
  if (!reader.symbol(':')) reader.fail()
  // Host names are compared in lower case everywhere in the server.
  return value.slice(1).toLowerCase()
}

const readSsl = (reader: Reader): DonorAddress['ssl'] => {
  if (reader.phrase('REQUIRE', 'NO', 'SSL')) return 'disabled'
  return reader.phrase('REQUIRE', 'SSL') ? 'required' : 'preferred'
}

type Tail = Pick<CloneStatement, 'pageTrack' | 'startLsn' | 'baseDirectory'>

const pageTrackPhrase = ['ENABLE', 'PAGE', 'TRACK'] as const
const basePhrase = ['INCREMENT', 'BASED', 'DIRECTORY'] as const

const readTail = (reader: Reader): Tail => {
  const none: Tail = { pageTrack: false, startLsn: 0n, baseDirectory: undefined }
  if (reader.phrase(...pageTrackPhrase)) {
    if (reader.phrase('START_LSN')) return { ...none, pageTrack: true, startLsn: readLsn(reader) }
    if (!reader.phrase(...basePhrase)) return { ...none, pageTrack: true }
    return { ...none, pageTrack: true, baseDirectory: readPath(reader) }
  }
  if (reader.phrase('START_LSN')) {
    const startLsn = readLsn(reader)
    return { ...none, startLsn, pageTrack: reader.phrase(...pageTrackPhrase) }
  }
  if (!reader.phrase(...basePhrase)) return none
  const baseDirectory = readPath(reader)
  reader.need(...pageTrackPhrase)
  return { ...none, pageTrack: true, baseDirectory }
}

const noTail: Tail = { pageTrack: false, startLsn: 0n, baseDirectory: undefined }

const readLocal = (reader: Reader): CloneStatement => {
  reader.need('DATA', 'DIRECTORY')
  return { donor: undefined, dataDirectory: readPath(reader), ...readTail(reader) }
}

const readInstance = (reader: Reader): CloneStatement => {
  reader.need('FROM')
  const account = readDonor(reader)
  const dataDirectory = reader.phrase('DATA', 'DIRECTORY') ? readPath(reader) : undefined
  const donor = { ...account, ssl: readSsl(reader) }
  // A tail belongs to DATA DIRECTORY; without it, end() below finds what is too much.
  const tail = dataDirectory === undefined ? noTail : readTail(reader)
  return { donor, dataDirectory, ...tail }
}

/** Reads a CLONE statement. @throws SqlError 1064. */
export const parseClone = (text: string): CloneStatement => {
  const reader = makeReader(text, tokenize(text))
  reader.need('CLONE')
  if (!reader.phrase('LOCAL') && !reader.phrase('INSTANCE')) reader.fail()
  const local = isWord(tokenize(text)[1], 'LOCAL')
  const statement = local ? readLocal(reader) : readInstance(reader)
  reader.end()
  return statement
}

/** The statement as the processlist and the logs show it (sql_admin.cc: the tail is dropped). */
export const shownClone = (text: string): string =>
  text.replace(
    /(IDENTIFIED\s+BY\s+)(?:'(?:[^'\\]|''|\\[^])*'|"(?:[^"\\]|""|\\[^])*")/i,
    '$1<secret>',
  )
