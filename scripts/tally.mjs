// Adds up what the gates left in a folder (`NAME.exit`, and `NAME.json` where the gate is a vitest suite) and prints
// `N passed, N failed` last. A skipped test counts as failed: whoever runs this can install what the test wants. The one
// thing that cannot be installed is the folder of specification texts beside the repository; a test that says in its
// title that it is skipped `without ../shared` counts as neither, and is told.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2] ?? 'reports'
const read = (name) => readFileSync(join(folder, name), 'utf8')

const gate = (name, exit) =>
  exit === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [`${name} ended with ${exit}`] }

const suite = (name, exit) => {
  const { numPassedTests: passed = 0, testResults = [] } = JSON.parse(read(`${name}.json`))
  const failures = []
  let excused = 0
  for (const file of testResults) {
    // A file that cannot be imported has failed without a single failed test.
    if (file.status === 'failed' && file.assertionResults.length === 0) failures.push(`${file.name} did not run`)
    for (const { status, fullName } of file.assertionResults) {
      if (status !== 'failed' && status !== 'passed' && fullName.includes('without ../shared')) excused += 1
      else if (status !== 'passed') failures.push(`${status}: ${fullName}`)
    }
  }
  if (passed === 0) failures.push(`${name}: no test passed`)
  // vitest's report is all green after an unhandled rejection; only its exit code tells.
  if (exit !== 0 && failures.length === 0) failures.push(`${name} ended with ${exit}, though no test failed`)
  return { passed, failures, excused }
}

let passed = 0
let failed = 0
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.exit') ? [file.slice(0, -'.exit'.length)] : []))
for (const name of names.toSorted()) {
  const exit = Number(read(`${name}.exit`))
  const result = existsSync(join(folder, `${name}.json`)) ? suite(name, exit) : gate(name, exit)
  passed += result.passed
  failed += result.failures.length
  console.log(`${name}: ${result.passed} passed, ${result.failures.length} failed`)
  if (result.excused) console.log(`  ${result.excused} not run: ../shared is not there`)
  for (const failure of result.failures) console.log(`  ${failure}`)
}
if (passed + failed === 0) failed = 1
process.exitCode = failed === 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed`)
