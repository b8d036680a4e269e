// What OpenSSL 3.0.19 (`openssl enc -nopad`) makes of the bytes of `sample`, cut into units by a script of a few lines
// that follows GreatSQL's encrypt.cc: mode, and 100 bytes in base64.

export const vectorKey = 'a key that is longer than 32 bytes, so it is folded'
export const vectorIv = '0123456789abcdef'

/** The content behind every vector. */
export const sample = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 37 + 11) % 256))

export const vectors: readonly (readonly [mode: string, encrypted: string])[] = [
  [
    'aes-128-ecb',
    'r3H2DbYHz7tDatlVuqmvkis2Z8fn5svQwXzZS4lOvlwTdUBtt9i3u5g8Lf6HNZVLJDpIk9UBLJXfnghzbnYa0eSLg8Xu6E0ssfNJ6rc5EAKs9I4fe9g9QnDvGZ3+XaSKV19KTw==',
  ],
  [
    'aes-192-ecb',
    'XF+x3sXLxaILFVViWR6HRvhr0IdLJ/tv9LeF3hHQ0i1kjk2iqXvmVOBnINpST5BWIg3raEoLmk7myoeCfRUtaJjlcfeENl91mANhj58vJqRwOpkknMe9IPZnLiXmOGUrBuvMGQ==',
  ],
  [
    'aes-256-ecb',
    'fzlK7E9bfD1QuxUeBJVu3Dwk9TwAEOnlxmq6Km2pBab17pLFE7BqCMoubPBB7FLrwWKSg6ZmRotK3LsV4pk4nyqpv3zjDj+iKog7WcKzbJtNA5NX+QenIl/XJQbCOsFKOvZHDg==',
  ],
  [
    'aes-128-cbc',
    'Ack7e0zNs6tD7AKj9IJJNH1986KS2j3DEaOLgT6FzjfLrBKfwmwgVYnPPq2ipixWT6snZ1yQ7XrbmKsVnA06fdmz+c7Y6374E2Ie0JK5cX6J4h6mkoPzvq6hUal/2/NQ2tMDVA==',
  ],
  [
    'aes-192-cbc',
    'QwXisO8SeJaxaARTiIZeiKamdqtYHOtR1YR4bLo88sZKzUOLiqCM+OV6MDBVFL4JtIN8bfVwI923Erqx+4+VfDMySSPkX/9HJRAKyJkDUSi3NY3rr4y+6MFSv+GdohDK9aZCvg==',
  ],
  [
    'aes-256-cbc',
    '1d1XKEtHBgqKDsjcwiEhlsQuRm0VvGm6GR9hWI9bJMCMq5wIsBqOF8pvD8/pOCMxLxz5/o69yUjVbowQixXmryfdU3I0oGSTkqc0ecWGFGsND7WY4IbdvHNx77Gi5fYWBeD5vQ==',
  ],
  [
    'aes-128-cfb1',
    'jQ3SVHsJzTto0MWTkOVCHRY1mvp2ixvQwUNlQ19gnPy8PtZ8TL9Xi16Dk+/SY6Lnxjb9pa2L3TfmUdEDwwLObMIqcCC9/8esPLkTXM8HkM/Q9KfW4VFltdjvMdMCmYvCUohmyQ==',
  ],
  [
    'aes-192-cfb1',
    'MwxqPbLrduA0AAUyLl/0fNCUo1GaDRxb0jhRrUaEcXfhpG8yJs6E5ouGAwd6NqyggSBFPrgwr7ZE/a5gKP3sy4/6T0HEyqPuoiexLXpAdnkx7M1FJoeSHUDbRi/D3LxjUT95Hw==',
  ],
  [
    'aes-256-cfb1',
    'Br52Fz6UYWzsYNcVreZDvbZXyiksK7Us/3bbodKjSCDSgLcnq8S8DpP/UTB3rGyS/aZX4ArtWgOgDQnzNHa9XstoJ+yNG5EZLIEGYhgqLNN7cF2gijmJnh1YHy5VWasCRJb++w==',
  ],
  [
    'aes-128-cfb8',
    'lC43NHYGju05IjSqOqLAdOx+Ev/iw05U2sdLdyjJt7Wq4H35MgeGO9iFF0CScFMqPMLQ27RgSp0ZPuJKKCSQOKuIZOyb8qXXQd3gkXG4BXBAIedfeW7l1N2TalM1dt0oeXbvZg==',
  ],
  [
    'aes-192-cfb8',
    'XBmaC6NASGq/6NMA5ubQ3HfZt5zmGc4KYXhMNOg6FrmFsKlCFRw76taPKmLVvdzK121Aopv0mM43onFJSC1qoncWTpuHiGI4F+4BhGNWd/aHy/PdoZJR0oXft3St8Oqu43Tzww==',
  ],
  [
    'aes-256-cfb8',
    'NktAREbMtJjblrepGrCAMmBDm8mYCBrFUlR+YKoMVGpp6igOVELo2vbqQaAimA8Icb7SZVasFfr3SkGWqXqLvwOF+U2l8FuKoCmQvyq25hrGR9vprVzkQ7YPns/zW81MGKGs6A==',
  ],
  [
    'aes-128-cfb128',
    'lK+OOJlGVgr8Z4XfFQljr5FsrIDqK0DOZiMcsXdsO/hjvyuDgthJXB97Od9sc5Io+s6VpABhwNVfx1nHGdBnSi119miUkvYmhiPsJVxco8Sm1TloU2YiSttnDw+/Xtjf4ZEWGA==',
  ],
  [
    'aes-192-cfb128',
    'XEKLH22U/OrSKyxNCsK6l68/dtr8WPZSfNeb9l1EqULKpWAM2LYFGrzDHYKT/WGfUw6vJQ3bXVpGDiYhOJ56XypT26YOyivib7u/6Rmsa3ixgosBM3zWC5KMHVQv/2lVbmnUsg==',
  ],
  [
    'aes-256-cfb128',
    'NsM4Urzg5PtapICh70ub9nuPJ1Kxb+nd52irVDUyp2Si//jIvymw338buns6rdgN5Zs8vU51tb0ptyxZJWLNzsawao9NaEB/l/AmUol0d7p/+LFc+ijPScEW95OGIShUHVWagw==',
  ],
  [
    'aes-128-ofb',
    'lK+OOJlGVgr8Z4XfFQljrz8MvzGiBwGHFYfxNCbl0/C65nkjBtXylVo786hCmLfhL1RD75raf3Shy7DqS8hUFyOiPHo6WJOVDa/YUOgi3Faq18zUKkvH3AXcJNKMONkL2smHLA==',
  ],
  [
    'aes-192-ofb',
    'XEKLH22U/OrSKyxNCsK6lwzHh/JdPaHo+LfX/ncl30F2bpPLLyZoOdFUpR2DhYFdpQ25aCy+7jN/2xophO4s1xcgC7PWrz2qAfVW0A42aHYOY9HdhrLwmOZDnXTjzywfiwmLnQ==',
  ],
  [
    'aes-256-ofb',
    'NsM4Urzg5PtapICh70ub9kysEvREpHZO1aPeq7q7chu7srjRZUoJoakzB5DGuE1Dk85wzlbsrrc7HUHhDKCHNyQOY28lO0EQY8PQYRQSLokYjAuT/P3n3nIRX0xdu+6IRpcmxw==',
  ],
]

/** Mode, size of the content, and SHA-256 of what it is encrypted to with the key `short`. */
export const hashedVectors: readonly (readonly [mode: string, bytes: number, sha256: string])[] = [
  ['aes-128-cbc', 544, '544ebd97fefd8bbbe79be9b5ced30d92a174a6926207222368b049ed5aaa36bf'],
  ['aes-128-cbc', 1040, '4be6a739d2e7fc6a047899f9d0df506d8d1d41ddff42df0336a264f869bac2f9'],
  ['aes-128-cbc', 1100, 'af8a6cb9203c91e1b08fcfc1406436b25e971e1a761aed50d56ba9e6b2c9a95f'],
  ['aes-256-ofb', 544, '27a128831cfb636ac81d48aa1f78697f2f60512a4e6d4fdb64088908e8b304c3'],
  ['aes-256-ofb', 1040, '02c6f8355cb8e8041854a404c48f9df1a31c59c689b36105eadd0273f3d89bbe'],
  ['aes-256-ofb', 1100, 'e52700d2db2c1232ca9166be6a6b4654b7e2ed8c3d83c6938b458feb67457593'],
  ['aes-192-cfb8', 544, 'd62da1891f02073975c0c46bc9297523490c9f8fc69dde1337c46c2b511181dd'],
  ['aes-192-cfb8', 1040, '01409ef83ea65ac9a8067cf3354b4946f6b4ca2d7de38f9cfa92aade8476b859'],
  ['aes-192-cfb8', 1100, 'c7f270c9fb8e88932bd1c21712123d0207cea297b466435aa58c964a35816532'],
]
