import { describe, expect, it } from 'vitest'
import { requirements } from '../requirements.ts'
import { sourcesBelow } from '../tree.ts'

const idPattern = /^[A-Z]\d{1,2}$/

/** The ids at the head of a test's title, as in `C2, C5: sends nothing more`. */
const idsIn = (title: string): string[] => {
  const head = title.split(':')[0] ?? ''
  const ids = head.split(',').map((id) => id.trim())
  return ids.every((id) => idPattern.test(id)) ? ids : []
}

const titles = (source: string): string[] =>
  [...source.matchAll(/\b(?:it|test)(?:\.each\([^)]*\))?\(\s*(['"`])(.*?)\1/gs)].map((found) => found[2] ?? '')

const cited = new Map<string, string[]>()
const tests = ['packages', 'apps', 'checks', 'tools']
  .flatMap(sourcesBelow)
  .filter(({ path }) => path.endsWith('.test.ts'))
for (const { text } of tests) {
  for (const title of titles(text)) {
    for (const id of idsIn(title)) cited.set(id, [...(cited.get(id) ?? []), title])
  }
}

describe('every requirement', () => {
  it.each(Object.entries(requirements))('%s is cited by a test, or says why not', (id, { untested }) => {
    if (untested === undefined) expect(cited.get(id) ?? []).not.toEqual([])
    else expect(untested.length).toBeGreaterThan(20)
  })

  it('is one that we know: no test cites an id that is not in the list', () => {
    expect([...cited.keys()].filter((id) => !Object.hasOwn(requirements, id) && !/^T\d\d$/.test(id))).toEqual([])
  })
})
