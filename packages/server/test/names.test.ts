import { describe, expect, it } from 'vitest'
import { Server } from '../src/index.ts'

const server = (): Server => new Server({ name: 'test', version: '1.0.0' })

describe('what a server is told about itself', () => {
  it('B16: is refused where a _meta key is none', () => {
    const _meta = { 'no good': 1 }
    expect(() => server().tool('a', { _meta }, () => 'x')).toThrow('_meta: "no good"')
    expect(() => server().prompt('a', { _meta }, () => 'x')).toThrow('_meta: "no good"')
    expect(() => server().resource('a:b', { _meta }, () => 'x')).toThrow('_meta: "no good"')
    expect(() => server().tool('a', { _meta: { 'com.example/good': 1 } }, () => 'x')).not.toThrow()
  })

  it('B17: is refused where the id of an extension has no prefix', () => {
    const make = (id: string): Server =>
      new Server({ name: 'test', version: '1.0.0' }, { capabilities: { extensions: { [id]: {} } } })
    expect(() => make('thing')).toThrow('"thing" has no prefix')
    expect(make('com.example/thing').capabilities.extensions).toEqual({ 'com.example/thing': {} })
    expect(server().capabilities.extensions).toBeUndefined()
  })
})
