/**
 * The Marp engine of this deck, and the only place that knows what a slide is.
 *
 * marp-cli makes one page of one Markdown file. What it is given here is an order
 * instead, as JSON, see `Order`: each section is parsed as the document that it is when
 * it previews alone, so that its front matter, its styles and its mistakes stay its own,
 * and the slides of all become one deck. What there is on each slide is written to
 * deck.json beside the page. What plain Marp lacks:
 *
 * - a local .svg picture that uses a variable of the theme, such as var(--ink), becomes
 *   part of the page: its text takes the page's fonts, its colours follow the theme. So
 *   does one whose alt text is a demo's command, marked as that demo's terminal.
 * - ```python {1|3-5|all} walks through code: each "next" lights the next lines.
 * - formulas are drawn in the page, and emoji are letters: nothing comes from elsewhere.
 * - a fence that names a source shows it as it is now, a figure in a note likewise.
 * - each slide has a strip that shows where in the talk it stands; where it begins and
 *   where it ends, the address that the first section's front matter gives as `url:`.
 *
 * @typedef {object} Order
 * @property {{file: string, text: string}[]} sections in order; `file` is for people
 * @property {Record<string, string>} sources what the sources that fences and notes name say
 * @property {string} pictures the folder that pictures are looked for in
 * @property {"dark" | "light"} colorScheme
 * @property {boolean} notes whether the page holds the speaker notes
 * @property {string} output where deck.json goes
 */

import { writeFileSync } from "node:fs"
import { stepThroughCode } from "./code.mjs"
import { readDirectives } from "./directives.mjs"
import { address, strip } from "./foot.mjs"
import { readNote } from "./marks.mjs"
import { areIn, keepUndrawn, nameUndrawn } from "./formulas.mjs"
import { inlinePictures } from "./pictures.mjs"
import { lineOf, placeInlineTokens } from "./problems.mjs"
import { readStyles } from "./styles.mjs"

/** Let the links of a section lead to its own slides and headings. */
function keepLinks(tokens, offset, ids) {
  const renamed = new Map()
  for (const token of tokens.filter(({ type }) => type === "heading_open")) {
    const id = token.attrGet("id")
    if (id && ids.has(id)) {
      renamed.set(id, `${id}-${offset}`)
      token.attrSet("id", `${id}-${offset}`)
    }
    ids.add(token.attrGet("id"))
  }
  for (const link of tokens.flatMap(({ children }) => children ?? [])) {
    const [, target] = /^#(.+)$/.exec(link.attrGet("href") ?? "") ?? []
    if (/^\d+$/.test(target)) link.attrSet("href", `#${offset + Number(target)}`)
    else if (renamed.has(target)) link.attrSet("href", `#${renamed.get(target)}`)
  }
}

/** Return the text of a heading, without its marks. */
const textOf = (children) =>
  children
    .map(({ type, content, children }) => {
      if (/^(text|code_inline|marp_emoji|marp_math_inline)$/.test(type)) return content
      if (type === "image") return textOf(children)
      return type.endsWith("break") || /^<br\b/i.test(content) ? " " : ""
    })
    .join("")
    .replace(/\s+/g, " ")
    .trim()

/** Return each slide as its own list of tokens, from its <svg> to that one's end. */
function splitSlides(tokens) {
  const slides = []
  let depth = 0
  for (const token of tokens) {
    if (token.type === "marpit_inline_svg_open" && depth++ === 0) slides.push([])
    if (depth) slides.at(-1).push(token)
    if (token.type === "marpit_inline_svg_close") depth -= 1
  }
  return slides
}

const isPage = ({ type, meta }) =>
  type === "marpit_slide_open" && !/^(skip|hold)$/.test(meta.marpitDirectives?.paginate)

/** Parse a section, as Marp does; return its slides' tokens, and what they say. */
function parseSection(marp, section, number, deck) {
  const noted = { problems: new Set(), damaged: new Set(), undrawn: new Set() }
  const env = { deck, file: section.file, ...noted }
  const { themeSet } = marp
  const [themes, standard] = [[...themeSet.themes()], themeSet.default]
  const tokens = marp.markdown.parse(section.text, env)
  const { minutes, title, lang } = readDirectives(marp, section.file, tokens, env)
  nameUndrawn(tokens, env)
  themes.forEach((theme) => themeSet.addTheme(theme)) // "size" has changed them
  themeSet.default = standard
  for (const { meta } of tokens) {
    if (number && meta?.marpCoreScriptTokens) meta.marpCoreScriptTokens = [] // one is enough
  }
  const places = tokens.flatMap(({ children }) => children ?? [])
  return {
    env,
    number,
    minutes,
    title,
    lang,
    slides: splitSlides(tokens),
    pages: tokens.filter(isPage).length,
    pictures: places
      .filter(({ type }) => type === "image")
      .map((image) => [image.attrGet("src"), lineOf(image)]),
    wrapper: tokens.filter(({ type }) => type.startsWith("marpit_container")),
    comments: marp.lastComments.map((slide) =>
      slide.map((note) => readNote(note, deck.order.sources)),
    ),
    styles: readStyles(marp, tokens, number, env),
    formulas: areIn(tokens) && !env.isKatex,
    transitions: keptOf(marp, "builtinTransitionStyle")?.builtinTransitionStyle,
  }
}

/** What Marp keeps of a parse for its page, by what it holds: the styles of the
 * transitions used, or whether there are formulas. */
const keptOf = (marp, name) =>
  Object.getOwnPropertySymbols(marp)
    .map((symbol) => marp[symbol])
    .find((kept) => kept && Object.hasOwn(kept, name))

const ENDS = /\b(title|close)\b/ // classes of slides that show the talk's address

/** Return what stands at the foot of a slide, as HTML. */
function footOf(marp, deck, section, index) {
  const { number, slides } = section
  const { meta } = slides[index].find(({ type }) => type === "marpit_slide_open")
  const shown = deck.url && ENDS.test(meta.marpitDirectives?.class ?? "")
  const where = strip(deck.sections, number, (index + 1) / slides.length)
  return shown ? address(deck.url, marp.markdown.utils.escapeHtml) + where : where
}

/** Render a slide; return its HTML and what deck.json says of it. */
function renderSlide(marp, section, index, counts) {
  const { env, number, lang, slides, comments } = section
  const tokens = slides[index]
  // The first slide begins where its text does, each other one at its ruler.
  const opening = tokens.find(({ type, map }) =>
    index ? type === "marpit_slide_open" : map && !/^marpit_.*_open$|^front/.test(type),
  )
  for (const token of tokens) {
    if (token.attrGet("id") === `${index + 1}`) token.attrSet("id", `${counts.slide}`)
    const page = token.attrGet("data-marpit-pagination")
    if (!page) continue
    token.attrSet("data-marpit-pagination", counts.pagesBefore + Number(page))
    token.attrSet("data-marpit-pagination-total", counts.pages)
  }
  for (const token of tokens.filter(({ tag }) => tag === "section")) {
    if (token.nesting < 0) continue
    token.attrSet("data-section", `${number}`)
    if (lang) token.attrSet("lang", lang) // else that of the machine's locale
    token.attrSet("data-color-scheme", env.deck.order.colorScheme)
  }
  const listed = tokens.filter((token) => token.attrGet("data-marpit-fragment") !== null)
  Object.assign(env, { steps: listed.length, demo: null })
  const render = (some) => marp.markdown.renderer.render(some, marp.markdown.options, env)
  const end = tokens.findIndex(({ type }) => type === "marpit_slide_close")
  const foot = footOf(marp, env.deck, section, index)
  const html = render(tokens.slice(0, end)) + foot + render(tokens.slice(end))
  const heading = tokens.findIndex(({ type }) => type === "heading_open")
  return {
    html,
    facts: {
      section: number,
      file: env.file,
      line: lineOf(opening ?? {}),
      title: heading < 0 ? "" : textOf(tokens[heading + 1].children),
      steps: env.steps,
      demo: env.demo,
      notes: comments[index].join("\n\n"),
    },
  }
}

/** Render the deck that an order asks for, and write deck.json. */
function renderDeck(marp, order) {
  const deck = { order, pictures: 0 } // and what the sections say of the whole
  const parse = (section, number) => parseSection(marp, section, number, deck)
  const sections = order.sections.map(parse)
  deck.sections = sections
  // marp-cli takes title, language and size of its page from what was parsed last.
  marp.markdown.parse(order.sections[0].text, { ...sections[0].env, problems: new Set() })
  const transitions = keptOf(marp, "builtinTransitionStyle")
  if (transitions) {
    const used = new Set(sections.map((section) => section.transitions))
    transitions.builtinTransitionStyle = [...used].join("")
  }
  const math = keptOf(marp, "mathjaxContext")
  math.enabled = sections.some(({ formulas }) => formulas)
  math.options = { ...math.options, lib: "mathjax" } // also where the first asks for KaTeX
  const counts = { slide: 0, pagesBefore: 0, pages: 0 }
  for (const { pages } of sections) counts.pages += pages
  const ids = new Set()
  const slides = sections.flatMap((section) => {
    keepLinks(section.slides.flat(), counts.slide, ids)
    const rendered = section.slides.map((_, index) => {
      counts.slide += 1
      return renderSlide(marp, section, index, counts)
    })
    counts.pagesBefore += section.pages
    return rendered
  })
  const problems = sections.flatMap(({ env }) => [...env.problems])
  const facts = {
    url: deck.url,
    sections: sections.map(({ env, number, minutes, title, pictures }) => ({
      file: env.file,
      title: title ?? slides.find(({ facts }) => facts.section === number)?.facts.title ?? "",
      minutes,
      pictures,
    })),
    slides: slides.map(({ facts }) => facts),
    problems,
    damaged: sections.flatMap(({ env }) => [...env.damaged]),
    undrawn: sections.flatMap(({ env }) => [...env.undrawn]),
  }
  writeFileSync(order.output, JSON.stringify(facts))
  if (problems.length) throw new Error("the deck has problems: see deck.json")
  marp.lastStyles = sections.map(({ styles }) => styles)
  sections[0].wrapper[0]?.attrSet("role", "main") // the slides are what the page is for
  const [open, close] = sections[0].wrapper.map((token) =>
    marp.markdown.renderer.render([token], marp.markdown.options, {}),
  )
  return {
    html: `${open}${slides.map(({ html }) => html).join("")}${close}`,
    css: marp.renderStyle(marp.lastGlobalDirectives.theme),
    comments: sections.flatMap(({ comments }) =>
      comments.map((each) => (order.notes ? each : [])),
    ),
  }
}

export default (options) => {
  // What would be fetched from elsewhere is not: emoji are letters, formulas are drawn.
  options.emoji = { shortcode: true, unicode: false }
  options.math = "mathjax"
  const marp = options.marp
    .use(placeInlineTokens)
    .use(inlinePictures)
    .use(stepThroughCode)
    .use(keepUndrawn)
  marp.customDirectives.global.minutes = (minutes) => ({ minutes })
  marp.render = (order) => renderDeck(marp, JSON.parse(order))
  return marp
}
