// What Marp itself makes of some Markdown texts: node plain.mjs < {"name": "text", …}
// Says of each how many slides it has, and the notes of each slide, as JSON.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"

const require = createRequire(process.argv[2])
const { Marp } = require("@marp-team/marp-core")
const texts = JSON.parse(readFileSync(0, "utf8"))
const told = Object.entries(texts).map(([name, text]) => {
  const { html, comments } = new Marp().render(text)
  const slides = html.split("<svg data-marpit-svg").length - 1
  return [name, { slides, notes: comments.map((each) => each.join("\n\n")) }]
})
console.log(JSON.stringify(Object.fromEntries(told)))
