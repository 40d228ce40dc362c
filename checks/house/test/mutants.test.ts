import { describe, expect, it } from 'vitest'
import { mutants } from '../mutants.mjs'
import { requirements } from '../requirements.ts'
import { read } from '../tree.ts'

describe('the rules that are broken on purpose', () => {
  it('each stand once where they are to be broken', () => {
    const stale = mutants.filter(({ file, find }) => read(file).split(find).length !== 2)
    expect(stale).toEqual([])
  })

  it('are requirements that a test cites', () => {
    const unknown = mutants.filter(({ id }) => requirements[id]?.untested !== undefined || !(id in requirements))
    expect(unknown.map(({ id }) => id)).toEqual([])
  })
})
