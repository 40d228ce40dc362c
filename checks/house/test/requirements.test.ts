import { describe, expect, it } from 'vitest'
import { requirements } from '../requirements.ts'
import { filesBelow } from '../tree.ts'

// Titles stand in `it`, `it.each`, `bothEras` and, for transcripts, on the first line of a file; all begin with the ids.
const titled = /(?:['"`]|^)((?:[A-Z]\d{1,2})(?:, [A-Z]\d{1,2})*): /g

const idsIn = (text: string): string[] => [...text.matchAll(titled)].flatMap((found) => found[1]?.split(', ') ?? [])

const folders = ['packages', 'apps', 'checks', 'tools'].flatMap(filesBelow)
const tests = folders.filter(({ path }) => path.endsWith('.test.ts'))
const transcripts = folders.filter(({ path }) => path.includes('/transcripts/') && path.endsWith('.txt'))
const cited = new Set([...tests, ...transcripts].flatMap(({ text }) => idsIn(text)))

describe('every requirement', () => {
  it.each(Object.entries(requirements))('%s is cited by a test, or says why not', (id, { untested }) => {
    if (untested === undefined) expect(cited).toContain(id)
    else expect(untested.length).toBeGreaterThan(20)
  })

  it('is one that we know: no test cites an id that is not in the list', () => {
    expect([...cited.keys()].filter((id) => !Object.hasOwn(requirements, id) && !/^T\d\d$/.test(id))).toEqual([])
  })
})
