import { isIPv4, isIPv6 } from 'node:net'

type Range = { readonly base: bigint; readonly bits: number }

const valueOfV4 = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)

/** The groups of one half of an IPv6 address; a dotted tail is two of them. */
const groupsOf = (half: string): bigint[] =>
  half === ''
    ? []
    : half.split(':').flatMap((group) => {
        if (!group.includes('.')) return [BigInt(`0x${group}`)]
        const value = valueOfV4(group)
        return [value >> 16n, value & 0xffffn]
      })

const valueOfV6 = (text: string): bigint => {
  const [before = '', after] = text.split('::')
  const [head, tail] = [groupsOf(before), groupsOf(after ?? '')]
  const gap = Array.from({ length: 8 - head.length - tail.length }, () => 0n)
  return [...head, ...gap, ...tail].reduce((sum, group) => (sum << 16n) + group, 0n)
}

const range = (text: string): Range => {
  const [base = '', bits = ''] = text.split('/')
  return { base: isIPv4(base) ? valueOfV4(base) : valueOfV6(base), bits: Number(bits) }
}

const holds = ({ base, bits }: Range, value: bigint, width: number): boolean =>
  value >> BigInt(width - bits) === base >> BigInt(width - bits)

// IANA's special-purpose registry of IPv4, with what lies behind a translator or leads to one, and multicast. All of the
// rest is unicast that anybody may route to.
const notGlobalV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
].map(range)

// Only this much of IPv6 has been handed out as global unicast. Outside are loopback, mapped and translated IPv4, local and
// multicast addresses, and whatever will be invented.
const globalV6 = range('2000::/3')

// What is in it, and special: protocol assignments with Teredo, benchmarking and ORCHID; documentation; 6to4; AS112.
const notGlobalV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'].map(range)

// An interface identifier that holds an IPv4 address, whatever the prefix (ISATAP).
const isIsatap = (value: bigint): boolean => {
  const marker = (value >> 32n) & 0xffffffffn
  return marker === 0x00005efen || marker === 0x02005efen
}

const isGlobalV4 = (text: string): boolean => {
  const value = valueOfV4(text)
  return !notGlobalV4.some((each) => holds(each, value, 32))
}

const isGlobalV6 = (text: string): boolean => {
  const value = valueOfV6(text)
  return holds(globalV6, value, 128) && !isIsatap(value) && !notGlobalV6.some((each) => holds(each, value, 128))
}

/**
 * Whether an IP address is one of the open Internet: global unicast, and no way into another network in disguise.
 *
 * It is so only by being known to be; with a zone, or where it is no address at all, it is not.
 */
export const isGlobalAddress = (text: string): boolean =>
  isIPv4(text) ? isGlobalV4(text) : isIPv6(text) && !text.includes('%') && isGlobalV6(text)

const loopbackV4 = range('127.0.0.0/8')

/** Whether an IP address is this machine's own. */
export const isLoopbackAddress = (text: string): boolean =>
  isIPv4(text) ? holds(loopbackV4, valueOfV4(text), 32) : isIPv6(text) && !text.includes('%') && valueOfV6(text) === 1n
