import { expect, it } from 'vitest'
import { readableHost } from '../src/readable-host.ts'

it.each([
  ['https://example.com/a', 'example.com'],
  ['https://bücher.example:8443/', 'bücher.example:8443'],
  ['https://пример.рф/', 'пример.рф'],
  ['https://例え.テスト/', '例え.テスト'],
  ['https://münchen-ost.de/', 'münchen-ost.de'],
  ['https://аpple.com/', 'аpple.com'],
  ['https://💩.la/', '💩.la'],
  ['https://[::1]:80/', '[::1]'].map((part) => part.replace(':80/', '/')) as [string, string],
])('T41: the host of %s reads %s', (url, host) => {
  expect(readableHost(new URL(url))).toBe(host)
})

it.each(['xn--99999999999.com', 'xn--a-!.com', 'xn--.com', 'xn--zzzzzzzzzzzzzzzzzzzz.com'])(
  'T41: %s stays as it is',
  (host) => {
    const label = { host } as URL
    expect(readableHost(label)).toBe(host)
  },
)
