// node generate.mjs          writes the number plan and its test examples
// node generate.mjs --check  exits 1 if they are not what would be written
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { examplesText } from './examples.mjs'
import { planText } from './plan.mjs'

const load = createRequire(import.meta.url)
const metadata = load('libphonenumber-js/metadata.max.json')
const { version } = load('libphonenumber-js/package.json')

const outputs = {
  'src/FlashFunctions.Core/Numbers/number-plan.txt': planText(metadata, version),
  'tests/FlashFunctions.Tests/Numbers/examples.json': examplesText(metadata),
}

for (const [path, text] of Object.entries(outputs)) {
  const file = new URL(`../../${path}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${path} is not what eng/number-plan generates; run: npm ci && npm run generate`)
    process.exitCode = 1
  }
}
