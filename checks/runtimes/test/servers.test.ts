import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareRefusals } from '../refusals.ts'
import { places, serve } from '../places.ts'
import type { Served } from '../places.ts'
import { visitInEra } from '../visits.ts'

describe.each(places)('echo over HTTP under $title', (place) => {
  describe.skipIf(place.path === undefined)('is', () => {
    const hasSessions = place.serve !== 'workerd'
    let served: Served | undefined
    const url = (): string => served?.url ?? ''
    beforeAll(async () => {
      served = await serve(place)
    })
    afterAll(() => served?.close())

    for (const version of ['2026-07-28', '2025-11-25', '2025-06-18']) visitInEra(url, version, hasSessions)
    compareRefusals(url, hasSessions)
    it('left with nothing to complain about', () => {
      expect(served?.said).toEqual([])
    })
  })
})
