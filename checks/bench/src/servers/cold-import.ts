// Imports what it is told to, and writes what that took. The loader itself is warmed by a first import of nothing.
await import('./cold-nothing.ts')
const before = process.cpuUsage()
const began = performance.now()
for (const name of process.argv.slice(2)) await import(name)
const wall = performance.now() - began
const { user, system } = process.cpuUsage(before)
// The parent may want to know more before this ends.
process.stdin.resume()
process.stdout.write(`${JSON.stringify({ wall, cpu: (user + system) / 1000 })}\n`)
